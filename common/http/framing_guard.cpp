// Follows the grammar, and keeps the budgets: how long each part may be.
// Read next: head_fields.hpp (what the fields mean), request_parser.cpp.
#include "common/http/framing_guard.hpp"

#include <algorithm>

#include "common/http/framing_grammar.hpp"

namespace six::http {

using namespace framing;

namespace {

// A part gets its budget together with what must follow it. So one that is too long may be
// found out a few bytes late, but it is found out. A line's LF is free: see `step`.
constexpr std::size_t start_bytes = 32;         // empty lines (RFC 9112, 2.2), the method
constexpr std::size_t after_target_bytes = 10;  // ` HTTP/1.1` CR
constexpr std::size_t line_end_bytes = 1;       // CR

}  // namespace

void FramingGuard::begin_head() {
    go(State::start, start_bytes);
}

void FramingGuard::begin_chunks() {
    extension_budget_ = limits_->chunk_extension_bytes;
    begin_chunk_line();
}

void FramingGuard::end_chunk_data() {
    go(State::data_cr, line_end_bytes);
}

void FramingGuard::begin_trailers() {
    begin_fields();
}

bool FramingGuard::idle() const {
    return state_ <= State::start_lf;
}

FramingGuard::Piece FramingGuard::scan(std::string_view bytes) {
    std::size_t size = 0;
    while (true) {
        size += skip_plain(bytes.substr(size));
        if (size == bytes.size()) return {size, Found::nothing};
        const auto found = step(static_cast<unsigned char>(bytes[size]));
        if (found == Found::section_end) return {size + 1, found};
        if (found != Found::nothing) return {size, found};
        ++size;
    }
}

// The narrow loop: bytes that only change the state, as far as the budget lasts. Most don't
// even that.
std::size_t FramingGuard::skip_plain(std::string_view bytes) {
    const auto end = std::min(bytes.size(), budget_);
    std::size_t size = 0;
    auto state = state_;
    for (const auto* row = &rules_of(state); size < end; ++size) {
        const auto next = (*row)[static_cast<unsigned char>(bytes[size])];
        if (next == state) continue;
        if (next >= State::refuse_byte) break;
        state = next;
        row = &rules_of(state);
    }
    state_ = state;
    budget_ -= size;
    return size;
}

FramingGuard::Found FramingGuard::step(unsigned char byte) {
    switch (after(state_, byte)) {
        case State::refuse_byte: return refuse(wrong_byte(state_, byte));
        case State::begin_target: return begin_target();
        case State::begin_fields: return begin_fields();
        case State::begin_field: return begin_field();
        case State::end_section: return Found::section_end;
        case State::begin_chunk_line: return begin_chunk_line();
        case State::begin_extension: return begin_extension();
        case State::end_extension: return end_extension();
        default: return refuse(too_long(state_));  // a plain byte, but the budget is spent
    }
}

FramingGuard::Found FramingGuard::begin_target() {
    return go(State::target_start, limits_->target_bytes + after_target_bytes);
}

FramingGuard::Found FramingGuard::begin_fields() {
    fields_ = 0;
    return go(State::field_start, limits_->header_bytes + line_end_bytes);
}

FramingGuard::Found FramingGuard::begin_chunk_line() {
    return go(State::size_start, limits_->chunk_line_bytes + line_end_bytes);
}

FramingGuard::Found FramingGuard::begin_field() {
    if (fields_ == limits_->header_fields)
        return refuse({431, "there are too many fields"});
    if (budget_ == 0) return refuse(too_long(state_));
    ++fields_;
    return go(State::name, budget_ - 1);
}

// An extension takes what its line may still have, as far as all extensions may have it,
// and gives back what it did not use.
FramingGuard::Found FramingGuard::begin_extension() {
    const auto line_budget = budget_ - std::min(budget_, line_end_bytes);
    const auto budget = std::min(line_budget, extension_budget_);
    extension_budget_ -= budget;
    go(State::semicolon, budget);
    return Found::extension_start;
}

FramingGuard::Found FramingGuard::end_extension() {
    extension_budget_ += budget_;
    go(State::size_cr, line_end_bytes);
    return Found::extension_end;
}

FramingGuard::Found FramingGuard::go(State state, std::size_t budget) {
    state_ = state;
    budget_ = budget;
    return Found::nothing;
}

FramingGuard::Found FramingGuard::refuse(const Refusal& why) {
    refusal_ = why;
    return Found::refused;
}

}  // namespace six::http
