// The rules, in the order in which a request has them. What is not here is refused: CR
// without LF, LF without CR, a line that begins with a space, a space before a colon,
// control bytes, HTTP/0.9.
#include "common/http/framing_grammar.hpp"

#include "common/http/text.hpp"

namespace six::http::framing {
namespace {

// One byte, or all of a class.
struct Bytes {
    constexpr Bytes(char one_byte) : byte(one_byte) {}
    constexpr Bytes(ByteClass many) : byte_class(many) {}
    char byte = 0;
    ByteClass byte_class = no_byte;

    constexpr bool contain(unsigned char other) const {
        return byte_class == no_byte ? static_cast<unsigned char>(byte) == other
                                     : is(byte_class, other);
    }
};

struct Rule {
    State from;
    Bytes bytes;
    State to;
};

using enum State;

constexpr Rule rules[] = {
    // RFC 9112, 2.2 and 3.
    {start, '\r', start_lf},
    {start, token_byte, method},
    {start_lf, '\n', start},
    {method, token_byte, method},
    {method, ' ', begin_target},
    {target_start, visible_byte, target},
    {target, visible_byte, target},
    {target, ' ', version},
    {version, 'H', version_t},
    {version_t, 'T', version_tt},
    {version_tt, 'T', version_p},
    {version_p, 'P', version_slash},
    {version_slash, '/', version_major},
    {version_major, '1', version_dot},
    {version_dot, '.', version_minor},
    {version_minor, '0', line_cr},
    {version_minor, '1', line_cr},
    {line_cr, '\r', line_lf},
    {line_lf, '\n', begin_fields},
    // RFC 9112, 5; the same for trailers.
    {field_start, token_byte, begin_field},
    {field_start, '\r', end_lf},
    {name, token_byte, name},
    {name, ':', value},
    {value, text_byte, value},
    {value, '\r', value_lf},
    {value_lf, '\n', field_start},
    {end_lf, '\n', end_section},
    // RFC 9112, 7.1.
    {size_start, hex_byte, size},
    {size, hex_byte, size},
    {size, ';', begin_extension},
    {size, '\r', size_lf},
    {semicolon, ';', extension_start},
    {extension_start, token_byte, extension},
    {extension, text_byte, extension},
    {extension, '\r', end_extension},
    {size_cr, '\r', size_lf},
    {size_lf, '\n', end_section},
    {data_cr, '\r', data_lf},
    {data_lf, '\n', begin_chunk_line},
};

constexpr Table make_table() {
    Table next{};
    for (auto& row : next) row.fill(refuse_byte);
    for (const auto& rule : rules) {
        for (unsigned byte = 0; byte < 256; ++byte) {
            if (rule.bytes.contain(static_cast<unsigned char>(byte))) {
                next[static_cast<std::size_t>(rule.from)][byte] = rule.to;
            }
        }
    }
    return next;
}

}  // namespace

constexpr Table table = make_table();

Refusal wrong_byte(State state, unsigned char byte) {
    const bool digit = is(digit_byte, byte);
    switch (state) {
        case start: return {400, "a request must begin with a method"};
        case method: return {400, "a method must be followed by a space"};
        case target_start: return {400, "the request target is missing"};
        case target:
            if (byte == '\r' || byte == '\n') return {400, "the HTTP version is missing"};
            return {400, "the request target has a byte that none may have"};
        case version_major:
        case version_minor:
            if (digit) return {505, "only HTTP/1.0 and HTTP/1.1 are served"};
            return {400, "the HTTP version is malformed"};
        case field_start:
            if (byte == ' ' || byte == '\t')
                return {400, "a field's line must not be folded"};
            return {400, "a field must begin with its name"};
        case name: return {400, "a field's name must be followed by a colon"};
        case value: return {400, "a field's value has a control byte"};
        case size_start: return {400, "a chunk must begin with its size"};
        case extension_start:
        case extension: return {400, "a chunk's extension is malformed"};
        default:
            if (state < line_cr) return {400, "the HTTP version is malformed"};
            return {400, "CR LF was expected"};
    }
}

Refusal too_long(State state) {
    if (state < method) return {400, "there are too many empty lines"};
    if (state == method) return {501, "the method is not known"};
    if (state < field_start) return {414, "the request target is too long"};
    if (state < size_start) return {431, "the fields are too long"};
    return {400, "a chunk's first line is too long"};
}

}  // namespace six::http::framing
