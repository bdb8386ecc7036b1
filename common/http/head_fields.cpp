#include "common/http/head_fields.hpp"

#include <algorithm>
#include <charconv>

#include "common/http/request_target.hpp"
#include "common/http/text.hpp"

namespace six::http {
namespace {

// Calls `use` with each element of a list like `gzip, chunked`, the empty ones too.
template <typename Use>
void for_each_element(std::string_view list, Use use) {
    while (true) {
        const auto comma = std::min(list.find(','), list.size());
        use(trim(list.substr(0, comma)));
        if (comma == list.size()) return;
        list.remove_prefix(comma + 1);
    }
}

// Digits and nothing else (RFC 9110, 8.6).
std::optional<std::uint64_t> to_length(std::string_view text) {
    std::uint64_t length = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, length);
    if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
    return length;
}

}  // namespace

void HeadFields::add(std::string_view name, std::string_view value) {
    const auto is = [name](std::string_view lower) {
        return equals_ignoring_case(name, lower);
    };
    switch (name.size()) {  // no two that matter are of one size
        case 4: return is("host") ? read_host(trim(value)) : void();
        case 6: return is("expect") ? read_expectations(value) : void();
        case 10: return is("connection") ? read_connection(value) : void();
        case 14: return is("content-length") ? read_length(trim(value)) : void();
        case 17: return is("transfer-encoding") ? read_codings(value) : void();
        default: return;
    }
}

void HeadFields::read_host(std::string_view value) {
    ++seen_.hosts;
    seen_.bad_host = !is_plausible_host(value);  // two are refused anyway
}

void HeadFields::read_length(std::string_view value) {
    ++seen_.lengths;
    seen_.length = to_length(value);
}

// Several fields count as one list (RFC 9110, 5.3).
void HeadFields::read_codings(std::string_view value) {
    ++seen_.encodings;
    for_each_element(value, [this](std::string_view coding) {
        const auto name = trim(coding.substr(0, coding.find(';')));
        ++seen_.codings;
        seen_.bad_coding = seen_.bad_coding || name.empty() || !all(token_byte, name);
        seen_.chunked_earlier = seen_.chunked_earlier || seen_.chunked_last;
        seen_.chunked_last = equals_ignoring_case(coding, "chunked");
    });
}

void HeadFields::read_connection(std::string_view value) {
    for_each_element(value, [this](std::string_view option) {
        seen_.close = seen_.close || equals_ignoring_case(option, "close");
        seen_.keep_alive = seen_.keep_alive || equals_ignoring_case(option, "keep-alive");
    });
}

void HeadFields::read_expectations(std::string_view value) {
    for_each_element(value, [this](std::string_view expectation) {
        const bool known = equals_ignoring_case(expectation, "100-continue");
        seen_.expects_continue = seen_.expects_continue || known;
        seen_.unknown_expectation =
            seen_.unknown_expectation || (!known && !expectation.empty());
    });
}

std::optional<Refusal> HeadFields::apply_to(RequestHead& head) const {
    if (auto refusal = check_host(head)) return refusal;
    if (auto refusal = seen_.encodings > 0 ? check_encoding(head) : check_length()) {
        return refusal;
    }
    head.chunked = seen_.encodings > 0;
    head.content_length = seen_.length;
    head.keep_alive = !seen_.close && (head.minor_version > 0 || seen_.keep_alive);

    // HTTP/1.0 has no `Expect`, and nobody waits to send a body that isn't there
    // (RFC 9110, 10.1.1).
    const bool has_body = head.chunked || head.content_length.value_or(0) > 0;
    head.expects_continue = seen_.expects_continue && head.minor_version > 0 && has_body;
    head.unknown_expectation = seen_.unknown_expectation && head.minor_version > 0;
    return std::nullopt;
}

// RFC 9112, 3.2.
std::optional<Refusal> HeadFields::check_host(const RequestHead& head) const {
    if (seen_.hosts > 1) return Refusal{400, "more than one Host"};
    if (seen_.hosts == 0 && head.minor_version > 0) return Refusal{400, "Host is missing"};
    if (seen_.bad_host) return Refusal{400, "Host is malformed"};
    return std::nullopt;
}

// RFC 9112, 6.3. Two equal lengths would be allowed, but nobody honest sends them.
std::optional<Refusal> HeadFields::check_length() const {
    if (seen_.lengths > 1) return Refusal{400, "more than one Content-Length"};
    if (seen_.lengths == 1 && !seen_.length)
        return Refusal{400, "Content-Length is no number"};
    return std::nullopt;
}

// RFC 9112, 6.1.
std::optional<Refusal> HeadFields::check_encoding(const RequestHead& head) const {
    if (seen_.lengths > 0) return Refusal{400, "both Transfer-Encoding and Content-Length"};
    if (head.minor_version == 0) return Refusal{400, "HTTP/1.0 has no Transfer-Encoding"};
    if (seen_.bad_coding || seen_.chunked_earlier || !seen_.chunked_last) {
        return Refusal{400, "Transfer-Encoding must end with chunked, once"};
    }
    if (seen_.codings > 1) return Refusal{501, "no transfer coding but chunked is known"};
    return std::nullopt;
}

}  // namespace six::http
