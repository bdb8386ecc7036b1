#include "common/http/response.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstdint>
#include <span>

namespace six::http {
namespace {

// RFC 9110, 15. What is missing here goes out without a phrase: clients ignore it.
std::string_view status_line(int status) {
    switch (status) {
        case 200: return "HTTP/1.1 200 OK\r\n";
        case 400: return "HTTP/1.1 400 Bad Request\r\n";
        case 404: return "HTTP/1.1 404 Not Found\r\n";
        case 405: return "HTTP/1.1 405 Method Not Allowed\r\n";
        case 408: return "HTTP/1.1 408 Request Timeout\r\n";
        case 413: return "HTTP/1.1 413 Content Too Large\r\n";
        case 414: return "HTTP/1.1 414 URI Too Long\r\n";
        case 417: return "HTTP/1.1 417 Expectation Failed\r\n";
        case 429: return "HTTP/1.1 429 Too Many Requests\r\n";
        case 431: return "HTTP/1.1 431 Request Header Fields Too Large\r\n";
        case 500: return "HTTP/1.1 500 Internal Server Error\r\n";
        case 501: return "HTTP/1.1 501 Not Implemented\r\n";
        case 503: return "HTTP/1.1 503 Service Unavailable\r\n";
        case 505: return "HTTP/1.1 505 HTTP Version Not Supported\r\n";
        default: return "";
    }
}

using Date = std::array<char, 29>;

/// Puts a head together. All texts in it are ours, and short: there is room for them.
class HeadWriter {
  public:
    explicit HeadWriter(std::span<char> room) : room_(room), end_(room.data()) {}

    template <std::size_t size>
    HeadWriter& operator<<(const char (&literal)[size]) {
        return *this << std::string_view(literal, size - 1);
    }
    HeadWriter& operator<<(std::string_view text) {
        assert(text.size() <= left());
        end_ = std::copy(text.begin(), text.end(), end_);
        return *this;
    }
    HeadWriter& operator<<(const Date& date) {
        return *this << std::string_view(date.data(), date.size());
    }
    HeadWriter& operator<<(std::uint64_t number) {
        end_ = std::to_chars(end_, end_ + left(), number).ptr;
        return *this;
    }
    std::size_t size() const { return static_cast<std::size_t>(end_ - room_.data()); }
    std::size_t left() const { return room_.size() - size(); }

  private:
    std::span<char> room_;
    char* end_;
};

void write_status_line(HeadWriter& out, int status) {
    const auto known = status_line(status);
    if (!known.empty())
        out << known;
    else
        out << "HTTP/1.1 " << static_cast<std::uint64_t>(status) << " \r\n";
}

void write_two_digits(Date& date, std::size_t at, std::int64_t number) {
    date[at] = static_cast<char>('0' + number / 10);
    date[at + 1] = static_cast<char>('0' + number % 10);
}

// The form of RFC 9110, 5.6.7. By hand: strftime knows locales, and costs ten times as
// much.
Date imf_fixdate(std::chrono::sys_seconds now) {
    constexpr std::string_view pattern = "Sun, 06 Nov 1994 08:49:37 GMT";
    constexpr std::string_view weekdays = "SunMonTueWedThuFriSat";
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date{day};
    const auto second = (now - day).count();

    Date text;
    pattern.copy(text.data(), text.size());
    weekdays.copy(&text[0], 3, 3 * std::chrono::weekday{day}.c_encoding());
    write_two_digits(text, 5, unsigned{date.day()});
    months.copy(&text[8], 3, 3 * (unsigned{date.month()} - 1));
    write_two_digits(text, 12, int{date.year()} / 100);
    write_two_digits(text, 14, int{date.year()} % 100);
    write_two_digits(text, 17, second / 3600);
    write_two_digits(text, 20, second / 60 % 60);
    write_two_digits(text, 23, second % 60);
    return text;
}

/// The beginning of a head: what most answers of one second have in common.
struct Beginning {
    int status = 0;
    std::string_view content_type;
    std::chrono::system_clock::time_point from;
    std::chrono::system_clock::time_point until;
    std::array<char, 256> room;
    std::size_t size;

    bool fits(const Response& response, std::chrono::system_clock::time_point now) const {
        return response.status == status &&
               response.content_type.data() == content_type.data() &&  // they are literals
               now >= from && now < until;
    }
    void write(const Response& response, std::chrono::system_clock::time_point now) {
        status = response.status;
        content_type = response.content_type;
        const auto second = std::chrono::floor<std::chrono::seconds>(now);
        from = second;
        until = from + std::chrono::seconds(1);
        HeadWriter out{room};
        write_status_line(out, status);
        out << "Date: " << imf_fixdate(second);
        if (!content_type.empty()) out << "\r\nContent-Type: " << content_type;
        size = out.size();
    }
};

/// The last one is kept, for each thread.
std::string_view beginning_of(const Response& response,
                              std::chrono::system_clock::time_point now) {
    static constinit thread_local Beginning last{};
    if (!last.fits(response, now)) last.write(response, now);
    return {last.room.data(), last.size};
}

void write_head(HeadWriter& out, const Response& response, const RequestHead& request,
                Afterwards afterwards, std::chrono::system_clock::time_point now) {
    out << beginning_of(response, now);
    out << "\r\nContent-Length: " << response.body.size() + response.body_follows;
    if (!response.allow.empty()) out << "\r\nAllow: " << response.allow;
    if (response.retry_after_s > 0)
        out << "\r\nRetry-After: " << static_cast<std::uint64_t>(response.retry_after_s);
    // Nothing to say means what the version says: 1.1 keeps the connection, 1.0 closes it.
    if (afterwards != Afterwards::next_request)
        out << "\r\nConnection: close";
    else if (request.minor_version == 0)
        out << "\r\nConnection: keep-alive";
    out << "\r\n\r\n";
}

}  // namespace

Afterwards afterwards(const RequestParser& request, bool server_keeps_alive) {
    const bool complete = request.state() == RequestParser::State::complete;
    if (!complete || !request.head().keep_alive) return after_only_request(request);
    return server_keeps_alive ? Afterwards::next_request : Afterwards::linger;
}

Afterwards after_only_request(const RequestParser& request) {
    using State = RequestParser::State;
    if (request.state() == State::ended) return Afterwards::close;
    const bool all_read = request.state() == State::complete && !request.has_leftover();
    return all_read ? Afterwards::close : Afterwards::linger;
}

AnswerBytes::AnswerBytes(const Response& response, const RequestHead& request,
                         Afterwards afterwards, std::chrono::system_clock::time_point now) {
    HeadWriter out{room_};
    write_head(out, response, request, afterwards, now);
    if (request.method == Method::head) {
        // The head is all there is.
    } else if (response.body.size() <= out.left()) {
        out << response.body;
    } else {
        long_.reserve(out.size() + response.body.size());
        long_.append(room_.data(), out.size()) += response.body;
    }
    size_ = out.size();
}

std::string serialize(const Response& response, const RequestHead& request,
                      Afterwards afterwards, std::chrono::system_clock::time_point now) {
    return std::string(AnswerBytes(response, request, afterwards, now).view());
}

}  // namespace six::http
