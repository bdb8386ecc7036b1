// The grammar of what frames a request, as a table: in which state which bytes lead where.
// Private to common/http. Read next: framing_grammar.cpp (the rules), framing_guard.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/http/refusal.hpp"

namespace six::http::framing {

enum class State : std::uint8_t {
    start,
    start_lf,
    method,
    target_start,
    target,
    version,  // a state for each byte of `HTTP/1.1`
    version_t,
    version_tt,
    version_p,
    version_slash,
    version_major,
    version_dot,
    version_minor,
    line_cr,
    line_lf,

    field_start,
    name,
    value,
    value_lf,
    end_lf,

    size_start,
    size,
    semicolon,
    extension_start,
    extension,
    size_cr,
    size_lf,
    data_cr,
    data_lf,

    // From here on not states, but what is to be done besides changing the state.
    refuse_byte,
    begin_target,
    begin_fields,
    begin_field,
    end_section,
    begin_extension,
    end_extension,
    begin_chunk_line,
};

/// What each byte leads to.
using Row = std::array<State, 256>;
using Table = std::array<Row, static_cast<std::size_t>(State::refuse_byte)>;
extern const Table table;

/// What the bytes lead to in `state`, which must be a state.
inline const Row& rules_of(State state) {
    return table[static_cast<std::size_t>(state)];
}
inline State after(State state, unsigned char byte) {
    return rules_of(state)[byte];
}

/// Why `byte` may not come in `state`.
Refusal wrong_byte(State state, unsigned char byte);
/// Why nothing more may come in `state`.
Refusal too_long(State state);

}  // namespace six::http::framing
