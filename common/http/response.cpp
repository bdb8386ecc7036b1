#include "common/http/response.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace six::http {
namespace {

// RFC 9110, 15. What is missing here gets none: clients ignore it.
std::string_view reason_phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 400: return "Bad Request";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 417: return "Expectation Failed";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "";
    }
}

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
    out.append(digits.begin(), end);
}

void append_two_digits(std::string& out, std::int64_t number) {
    out += static_cast<char>('0' + number / 10);
    out += static_cast<char>('0' + number % 10);
}

// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7). By hand: strftime knows locales.
void append_date(std::string& out, std::chrono::system_clock::time_point now) {
    constexpr std::string_view weekdays = "SunMonTueWedThuFriSat";
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(now - day)};

    out += weekdays.substr(3 * std::chrono::weekday{day}.c_encoding(), 3);
    out += ", ";
    append_two_digits(out, static_cast<unsigned>(date.day()));
    out += ' ';
    out += months.substr(3 * (static_cast<unsigned>(date.month()) - 1), 3);
    out += ' ';
    append_two_digits(out, int{date.year()} / 100);
    append_two_digits(out, int{date.year()} % 100);
    out += ' ';
    append_two_digits(out, time.hours().count());
    out += ':';
    append_two_digits(out, time.minutes().count());
    out += ':';
    append_two_digits(out, time.seconds().count());
    out += " GMT";
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

    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(response.status));
    out += ' ';
    out += reason_phrase(response.status);
    out += "\r\nDate: ";
    append_date(out, now);
    if (!response.content_type.empty()) {
        out += "\r\nContent-Type: ";
        out += response.content_type;
    }
    out += "\r\nContent-Length: ";
    append_number(out, response.body.size());
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
