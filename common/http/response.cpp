#include "common/http/response.hpp"

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

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
    out.append(digits.begin(), end);
}

void append_status_line(std::string& out, int status) {
    const auto known = status_line(status);
    out += known;
    if (!known.empty()) return;
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(status));
    out += " \r\n";
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
void append_date(std::string& out, std::chrono::system_clock::time_point now) {
    struct Written {
        std::chrono::sys_seconds second = std::chrono::sys_seconds::min();
        Date date;
    };
    static thread_local Written last;
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (second != last.second) last = {second, imf_fixdate(second)};
    out.append(last.date.data(), last.date.size());
}

// Nothing to say means what the version says: 1.1 keeps the connection, 1.0 closes it.
std::string_view connection_field(const RequestHead& request, Afterwards afterwards) {
    if (afterwards != Afterwards::next_request) return "Connection: close\r\n";
    return request.minor_version == 0 ? "Connection: keep-alive\r\n" : "";
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
    constexpr std::size_t usual_head_bytes = 256;
    std::string out;
    out.reserve(usual_head_bytes + response.body.size());

    append_status_line(out, response.status);
    out += "Date: ";
    append_date(out, now);
    if (!response.content_type.empty()) {
        out += "\r\nContent-Type: ";
        out += response.content_type;
    }
    out += "\r\nContent-Length: ";
    append_number(out, response.body.size() + response.body_follows);
    if (!response.allow.empty()) {
        out += "\r\nAllow: ";
        out += response.allow;
    }
    if (response.retry_after_s > 0) {
        out += "\r\nRetry-After: ";
        append_number(out, static_cast<std::uint64_t>(response.retry_after_s));
    }
    out += "\r\n";
    out += connection_field(request, afterwards);
    out += "\r\n";
    if (request.method != Method::head) out += response.body;
    return out;
}

}  // namespace six::http
