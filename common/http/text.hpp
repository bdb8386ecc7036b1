// Which bytes may stand where in HTTP, and other small things about text. Private to
// common/http.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace six::http {

/// Classes of bytes; a byte may be in several.
enum ByteClass : std::uint16_t {
    no_byte = 0,
    token_byte = 1,    ///< names and methods (RFC 9110, 5.6.2)
    visible_byte = 2,  ///< visible ASCII: a request target
    text_byte = 4,  ///< a field's value: visible, space, tab, beyond ASCII (RFC 9110, 5.5)
    hex_byte = 8,
    digit_byte = 16,
    host_byte = 32,  ///< visible ASCII, save what ends a host or might hide another one
    in_brackets_byte = 512,  ///< these and the colon: an address of IPv6
    query_byte = 64,         ///< visible ASCII, save the `#` that a target never has
    path_byte = 128,         ///< these, save the `?` at which the query begins
    plain_byte = 256,  ///< of a field's value, save the tab: llhttp knows no tab everywhere
};

constexpr std::array<std::uint16_t, 256> make_byte_classes() {
    std::array<std::uint16_t, 256> classes{};
    const auto add = [&](unsigned first, unsigned last, unsigned byte_class) {
        for (auto byte = first; byte <= last; ++byte) {
            classes[byte] = static_cast<std::uint16_t>(classes[byte] | byte_class);
        }
    };
    add('\t', '\t', text_byte);
    add(' ', '~', text_byte | plain_byte);
    add(0x80, 0xff, text_byte | plain_byte);
    add('!', '~', visible_byte);
    add('0', '9', token_byte | hex_byte | digit_byte);
    add('A', 'Z', token_byte);
    add('a', 'z', token_byte);
    add('A', 'F', hex_byte);
    add('a', 'f', hex_byte);
    for (const char byte : std::string_view("!#$%&'*+-.^_`|~")) {
        add(static_cast<unsigned char>(byte), static_cast<unsigned char>(byte), token_byte);
    }
    add('!', '~', host_byte | in_brackets_byte);
    for (const char byte : std::string_view(",@/\\?#")) {
        classes[static_cast<unsigned char>(byte)] &=
            static_cast<std::uint16_t>(~(host_byte | in_brackets_byte));
    }
    classes[':'] &= static_cast<std::uint16_t>(~host_byte);
    add('!', '~', query_byte | path_byte);
    classes['#'] &= static_cast<std::uint16_t>(~(query_byte | path_byte));
    classes['?'] &= static_cast<std::uint16_t>(~path_byte);
    return classes;
}

inline constexpr auto byte_classes = make_byte_classes();

constexpr bool is(ByteClass byte_class, unsigned char byte) {
    return (byte_classes[byte] & byte_class) != 0;
}

constexpr bool all(ByteClass byte_class, std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [=](char byte) {
        return is(byte_class, static_cast<unsigned char>(byte));
    });
}

/// Compares with `lower`, which must be in lower case; only ASCII letters have a case.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == lower[i]) continue;
        const bool capital = text[i] >= 'A' && text[i] <= 'Z';
        if (!capital || text[i] - 'A' + 'a' != lower[i]) return false;
    }
    return true;
}

/// Without the spaces and tabs around it (RFC 9110, 5.6.3).
constexpr std::string_view trim(std::string_view text) {
    const auto is_space = [](char byte) { return byte == ' ' || byte == '\t'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// Empties `text` for its next use, and gives its memory back if it is large: idle
/// connections are many and must stay small.
inline void recycle(std::string& text) {
    constexpr std::size_t small_bytes = 256;
    text.clear();
    if (text.capacity() > small_bytes) std::string().swap(text);
}

}  // namespace six::http
