#include "common/testing/response.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "common/testing/deadline.hpp"

namespace six::testing {

namespace {

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
        return std::tolower(x) == std::tolower(y);
    });
}

[[noreturn]] void malformed(std::string_view head) {
    throw WaitFailed("the server's answer is no HTTP: " + excerpt(head));
}

void parse_status_line(std::string_view line, Response& response) {
    const bool shaped = line.size() >= 12 && line.starts_with("HTTP/1.") && line[8] == ' ';
    if (!shaped) malformed(line);
    response.version = line.substr(0, 8);
    const auto [end, error] =
        std::from_chars(line.data() + 9, line.data() + 12, response.status);
    if (error != std::errc{} || end != line.data() + 12) malformed(line);
}

void parse_field(std::string_view line, Response& response) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) malformed(line);
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
    while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
    response.fields.emplace_back(line.substr(0, colon), value);
}

}  // namespace

std::optional<std::string> Response::field(std::string_view name) const {
    for (const auto& [other, value] : fields)
        if (same_name(name, other)) return value;
    return std::nullopt;
}

std::size_t Response::count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        fields, [&](const auto& field) { return same_name(field.first, name); }));
}

bool Response::says_close() const {
    const auto value = field("Connection");
    return value && same_name(*value, "close");
}

std::optional<std::size_t> Response::content_length() const {
    const auto text = field("Content-Length");
    if (!text) return std::nullopt;
    std::size_t length = 0;
    const char* const last = text->data() + text->size();
    const auto [end, error] = std::from_chars(text->data(), last, length);
    const bool whole = error == std::errc{} && end == last;
    if (!whole || count("Content-Length") != 1)
        throw WaitFailed("the answer's Content-Length is wrong: " + *text);
    return length;
}

Response parse_head(std::string_view head) {
    Response response;
    for (bool first = true; !head.empty(); first = false) {
        const std::size_t end = head.find("\r\n");
        const std::string_view line = head.substr(0, end);
        if (line.find_first_of("\r\n") != std::string_view::npos) malformed(line);
        first ? parse_status_line(line, response) : parse_field(line, response);
        head.remove_prefix(end + 2);
    }
    return response;
}

std::string excerpt(std::string_view bytes) {
    constexpr std::size_t most = 300;
    std::string text =
        bytes.empty() ? "nothing" : "'" + std::string(bytes.substr(0, most)) + "'";
    if (bytes.size() > most) text += "…";
    return text;
}

}  // namespace six::testing
