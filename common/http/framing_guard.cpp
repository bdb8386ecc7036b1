// The rules of framing_guard.hpp, state by state, in the order in which a request has them.
// Read next: head_fields.hpp (what the fields say), request_parser.cpp.
#include "common/http/framing_guard.hpp"

#include <algorithm>

namespace six::http {
namespace {

constexpr std::size_t longest_method = 32;   // far longer than any that llhttp knows
constexpr std::size_t most_empty_lines = 8;  // before a request (RFC 9112, 2.2)
constexpr std::string_view version_start = "HTTP/1.";

}  // namespace

void FramingGuard::begin_head() {
    budget_ = most_empty_lines;
    state_ = State::start;
}

void FramingGuard::begin_fields() {
    budget_ = limits_->header_bytes;
    fields_ = 0;
    state_ = State::field_start;
}

void FramingGuard::begin_chunks() {
    extension_budget_ = limits_->chunk_extension_bytes;
    begin_chunk_line();
}

void FramingGuard::begin_chunk_line() {
    budget_ = limits_->chunk_line_bytes;
    state_ = State::size_start;
}

FramingGuard::Piece FramingGuard::scan(std::string_view bytes) {
    std::size_t size = 0;
    while (true) {
        const auto run = run_length(bytes.substr(size));
        budget_ -= run;
        size += run;
        if (size == bytes.size()) return {size, Found::nothing};

        const auto found = step(static_cast<unsigned char>(bytes[size]));
        if (found == Found::section_end) return {size + 1, found};
        if (found != Found::nothing) return {size, found};
        ++size;
    }
}

// Most bytes leave the state as it is: a name goes on, a value goes on. Such a run is
// skipped in one narrow loop.
std::size_t FramingGuard::run_length(std::string_view bytes) const {
    const auto byte_class = class_of_run(state_);
    const auto end = std::min(bytes.size(), budget_);
    std::size_t length = 0;
    while (length < end && is(byte_class, static_cast<unsigned char>(bytes[length])))
        ++length;
    return length;
}

ByteClass FramingGuard::class_of_run(State state) {
    switch (state) {
        case State::method:
        case State::name: return token_byte;
        case State::target: return visible_byte;
        case State::value:
        case State::extension: return text_byte;
        case State::size: return hex_byte;
        default: return no_byte;
    }
}

FramingGuard::Found FramingGuard::step(unsigned char byte) {
    // A run that stops before a byte of its own class has spent its budget.
    if (is(class_of_run(state_), byte)) return refuse_too_long();
    if (state_ <= State::line_lf) return step_in_request_line(byte);
    if (state_ <= State::end_lf) return step_in_fields(byte);
    return step_in_chunk_line(byte);
}

FramingGuard::Found FramingGuard::step_in_request_line(unsigned char byte) {
    switch (state_) {
        case State::start:
            if (byte == '\r') return spend_and_go(State::start_lf);
            if (!is(token_byte, byte))
                return refuse(400, "a request must begin with a method");
            budget_ = longest_method;
            return go(State::method);
        case State::start_lf: return expect('\n', byte, State::start);
        case State::method:
            if (byte != ' ') return refuse(400, "a method must be followed by a space");
            budget_ = limits_->target_bytes;
            return go(State::target);
        case State::target: return end_target(byte);
        case State::version: return step_in_version(byte);
        default:  // line_lf
            begin_fields();
            return expect('\n', byte, State::field_start);
    }
}

FramingGuard::Found FramingGuard::end_target(unsigned char byte) {
    // A line that ends here is a request of HTTP/0.9.
    if (byte == '\r' || byte == '\n') return refuse(400, "the HTTP version is missing");
    if (byte != ' ') return refuse(400, "a byte that no request target may have");
    if (budget_ == limits_->target_bytes)
        return refuse(400, "the request target is missing");
    version_bytes_ = 0;
    return go(State::version);
}

// HTTP/1.0 and HTTP/1.1 are served; other digits are another version; all else is not HTTP.
FramingGuard::Found FramingGuard::step_in_version(unsigned char byte) {
    const auto at = version_bytes_++;
    const auto minor = version_start.size();
    if (at < minor && byte == version_start[at]) return Found::nothing;
    if (at == minor && (byte == '0' || byte == '1')) return Found::nothing;
    if (at > minor && byte == '\r') return go(State::line_lf);
    const auto major = minor - 2;
    if ((at == major || at == minor) && is(digit_byte, byte)) {
        return refuse(505, "only HTTP/1.0 and HTTP/1.1 are served");
    }
    return refuse(400, "the request line must end with the HTTP version");
}

FramingGuard::Found FramingGuard::step_in_fields(unsigned char byte) {
    switch (state_) {
        case State::field_start:
            return byte == '\r' ? go(State::end_lf) : start_field(byte);
        case State::name:
            if (byte == ':') return spend_and_go(State::value);
            return refuse(400, "a field's name must be followed by a colon");
        case State::value:
            if (byte == '\r') return spend_and_go(State::value_lf);
            return refuse(400,
                          byte == '\n' ? "LF without CR" : "a control byte in a field");
        case State::value_lf:
            if (byte == '\n') return spend_and_go(State::field_start);
            return refuse(400, "CR without LF");
        default:  // end_lf
            return byte == '\n' ? Found::section_end : refuse(400, "CR without LF");
    }
}

FramingGuard::Found FramingGuard::start_field(unsigned char byte) {
    if (byte == ' ' || byte == '\t') return refuse(400, "a line that begins with a space");
    if (!is(token_byte, byte)) return refuse(400, "a byte that no field's name may have");
    if (fields_ == limits_->header_fields) return refuse(431, "too many fields");
    ++fields_;
    return spend_and_go(State::name);
}

FramingGuard::Found FramingGuard::step_in_chunk_line(unsigned char byte) {
    switch (state_) {
        case State::size_start:
            if (is(hex_byte, byte)) return spend_and_go(State::size);
            return refuse(400, "a chunk must begin with its size");
        case State::size:
            if (byte == ';') return start_extension();
            return expect('\r', byte, State::size_lf);
        case State::semicolon: return spend_and_go(State::extension_start);
        case State::extension_start:
            if (is(token_byte, byte)) return spend_and_go(State::extension);
            return refuse(400, "a chunk's extension must have a name");
        case State::extension: return end_extension(byte);
        case State::size_cr: return go(State::size_lf);
        case State::size_lf:
            return byte == '\n' ? Found::section_end : refuse(400, "CR without LF");
        case State::data_cr: return expect('\r', byte, State::data_lf);
        default:  // data_lf
            begin_chunk_line();
            return expect('\n', byte, State::size_start);
    }
}

// An extension takes what its line may still have, as far as all extensions may have it,
// and gives back what it did not use.
FramingGuard::Found FramingGuard::start_extension() {
    budget_ = std::min(budget_, extension_budget_);
    extension_budget_ -= budget_;
    go(State::semicolon);
    return Found::extension_start;
}

FramingGuard::Found FramingGuard::end_extension(unsigned char byte) {
    if (byte != '\r') return refuse(400, "a control byte in a chunk's extension");
    extension_budget_ += budget_;
    go(State::size_cr);
    return Found::extension_end;
}

FramingGuard::Found FramingGuard::go(State state) {
    state_ = state;
    return Found::nothing;
}

FramingGuard::Found FramingGuard::spend_and_go(State state) {
    if (budget_ == 0) return refuse_too_long();
    --budget_;
    return go(state);
}

FramingGuard::Found FramingGuard::expect(char expected, unsigned char byte, State state) {
    if (byte == expected) return go(state);
    return refuse(400, expected == '\n' ? "CR without LF" : "CR LF was expected");
}

FramingGuard::Found FramingGuard::refuse(int status, const char* reason) {
    refusal_ = {status, reason};
    return Found::refused;
}

FramingGuard::Found FramingGuard::refuse_too_long() {
    switch (state_) {
        case State::start: return refuse(400, "too many empty lines before the request");
        case State::method: return refuse(501, "the method is not known");
        case State::target: return refuse(414, "the request target is too long");
        case State::field_start:
        case State::name:
        case State::value:
        case State::value_lf: return refuse(431, "the fields are too long");
        default: return refuse(400, "a chunk's first line is too long");
    }
}

}  // namespace six::http
