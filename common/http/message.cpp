#include "common/http/message.hpp"

#include <algorithm>
#include <string_view>

namespace six::http {
namespace {

// How many bytes the character at the start of `text` has in UTF-8; 0: it is none (Unicode
// 15, table 3-7: no overlong forms, no surrogates, nothing beyond U+10FFFF).
std::size_t character_length(std::string_view text) {
    const auto at = [&](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const auto between = [](unsigned byte, unsigned low, unsigned high) {
        return low <= byte && byte <= high;
    };
    const auto first = at(0);
    if (first < 0x80) return 1;
    if (between(first, 0xc2, 0xdf)) return between(at(1), 0x80, 0xbf) ? 2 : 0;
    const bool ends_well = between(at(2), 0x80, 0xbf);
    if (between(first, 0xe0, 0xef)) {
        const auto low = first == 0xe0 ? 0xa0u : 0x80u;
        const auto high = first == 0xed ? 0x9fu : 0xbfu;
        return between(at(1), low, high) && ends_well ? 3 : 0;
    }
    if (!between(first, 0xf0, 0xf4)) return 0;
    const auto low = first == 0xf0 ? 0x90u : 0x80u;
    const auto high = first == 0xf4 ? 0x8fu : 0xbfu;
    return between(at(1), low, high) && ends_well && between(at(3), 0x80, 0xbf) ? 4 : 0;
}

std::string escaped_byte(char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    return {'\\', 'u', '0', '0', digits[value >> 4], digits[value & 15]};
}

// A string of JSON (RFC 8259, 7 and 8.1): whatever the bytes are, the result is valid.
std::string quoted(std::string_view text) {
    std::string json = "\"";
    while (!text.empty()) {
        const auto length = character_length(text);
        const auto byte = text.front();
        if (length == 0) {
            json += "\\ufffd";  // the mark for what is not Unicode
        } else if (length > 1) {
            json += text.substr(0, length);
        } else if (byte == '"' || byte == '\\') {
            json += {'\\', byte};
        } else if (static_cast<unsigned char>(byte) < 0x20) {
            json += escaped_byte(byte);
        } else {
            json += byte;
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return json + '"';
}

}  // namespace

Response to_response(const Error& error) {
    Response response;
    response.status = error.status();
    response.body = "{\"error\": " + quoted(error.what()) + "}";
    response.allow = error.allow();
    if (error.status() == 503) response.retry_after_s = 1;
    return response;
}

}  // namespace six::http
