#include "common/http/response.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

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

/// Puts bytes one behind the other. There must be room for them.
class Writer {
  public:
    explicit Writer(char* begin) : end_(begin) {}
    template <std::size_t size>
    Writer& operator<<(const std::array<char, size>& text) {
        end_ = std::copy(text.begin(), text.end(), end_);  // of known size: a few moves
        return *this;
    }
    template <std::size_t size>
    Writer& operator<<(const char (&literal)[size]) {
        end_ = std::copy(literal, literal + size - 1, end_);  // without the zero
        return *this;
    }
    Writer& operator<<(std::string_view text) {
        end_ = std::copy(text.begin(), text.end(), end_);
        return *this;
    }
    Writer& operator<<(std::uint64_t number) {
        end_ = std::to_chars(end_, end_ + most_digits, number).ptr;
        return *this;
    }
    char* end() const { return end_; }

    static constexpr std::ptrdiff_t most_digits = 20;

  private:
    char* end_;
};

void write_status_line(Writer& out, int status) {
    const auto known = status_line(status);
    if (!known.empty())
        out << known;
    else
        out << "HTTP/1.1 " << static_cast<std::uint64_t>(status) << " \r\n";
}

using Date = std::array<char, 29>;

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

/// Written once a second, however many answers are.
const Date& date_of(std::chrono::system_clock::time_point now) {
    struct Written {
        std::chrono::sys_seconds second = std::chrono::sys_seconds::min();
        Date date;
    };
    static thread_local Written last;
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (second != last.second) last = {second, imf_fixdate(second)};
    return last.date;
}

char* write_head(Writer out, const Response& response, const RequestHead& request,
                 Afterwards afterwards, std::chrono::system_clock::time_point now) {
    write_status_line(out, response.status);
    out << "Date: " << date_of(now) << "\r\n";
    if (!response.content_type.empty())
        out << "Content-Type: " << response.content_type << "\r\n";
    out << "Content-Length: " << response.body.size() + response.body_follows << "\r\n";
    if (!response.allow.empty()) out << "Allow: " << response.allow << "\r\n";
    if (response.retry_after_s > 0)
        out << "Retry-After: " << static_cast<std::uint64_t>(response.retry_after_s)
            << "\r\n";
    // Nothing to say means what the version says: 1.1 keeps the connection, 1.0 closes it.
    if (afterwards != Afterwards::next_request)
        out << "Connection: close\r\n";
    else if (request.minor_version == 0)
        out << "Connection: keep-alive\r\n";
    return (out << "\r\n").end();
}

}  // namespace

Afterwards afterwards(const RequestParser& request, bool server_keeps_alive) {
    using State = RequestParser::State;
    if (request.state() == State::ended) return Afterwards::close;
    if (request.state() != State::complete) return Afterwards::linger;
    if (request.head().keep_alive && server_keeps_alive) return Afterwards::next_request;
    return request.has_leftover() ? Afterwards::linger : Afterwards::close;
}

std::string serialize(const Response& response, const RequestHead& request,
                      Afterwards afterwards, std::chrono::system_clock::time_point now) {
    // All that is not in the response itself, and more.
    constexpr std::size_t other_bytes = 256;
    const std::size_t most_bytes =
        other_bytes + response.content_type.size() + response.allow.size();
    const std::string_view body =
        request.method == Method::head ? std::string_view{} : response.body;

    std::string out;
    out.reserve(most_bytes + body.size());
    out.resize(most_bytes);
    const char* const end =
        write_head(Writer{out.data()}, response, request, afterwards, now);
    out.resize(static_cast<std::size_t>(end - out.data()));
    out += body;
    return out;
}

}  // namespace six::http
