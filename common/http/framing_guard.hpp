// Watches each byte of a request that is not body, before llhttp parses it: llhttp accepts
// more than RFC 9112 lets a careful server accept, and it bounds nothing. Private to
// common/http. Read next: framing_guard.cpp, then request_parser.cpp, which uses it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/http/message.hpp"
#include "common/http/refusal.hpp"
#include "common/http/text.hpp"

namespace six::http {

/// A state machine over single bytes: where it refuses does not depend on how the bytes
/// were cut when they came.
///
/// It follows one section at a time: the head (request line and fields), a chunk's first
/// line, the trailers. Whoever uses it says which section begins, and takes the data
/// between chunk lines away. Never blocks, never allocates. Source: RFC 9112, sections 2.2,
/// 3, 5 and 7.1.
class FramingGuard {
  public:
    /// `limits` must outlive the guard.
    explicit FramingGuard(const Limits& limits) : limits_(&limits) { begin_head(); }

    void begin_head();
    /// The first line of the first chunk.
    void begin_chunks();
    /// The CR LF after a chunk's data, and the first line of the next chunk.
    void end_chunk_data() { state_ = State::data_cr; }
    void begin_trailers() { begin_fields(); }

    enum class Found : std::uint8_t {
        nothing,          ///< all bytes are fine, the section goes on
        extension_start,  ///< what follows is a chunk's extension: nobody needs it
        extension_end,    ///< the extension ends here, the chunk's first line goes on
        section_end,      ///< the section ends here
        refused,          ///< the next byte is wrong: `refusal()` says why
    };
    struct Piece {
        std::size_t size;  ///< so many bytes from the start are fine
        Found found;       ///< after them
    };
    /// Scans until it finds something. Not to be called again after a refusal.
    Piece scan(std::string_view bytes);
    const Refusal& refusal() const { return refusal_; }

    /// True when nothing but empty lines has come since `begin_head`.
    bool idle() const { return state_ == State::start || state_ == State::start_lf; }

  private:
    enum class State : std::uint8_t {
        start,  // empty lines may come first
        start_lf,
        method,  // the request line
        target,
        version,
        line_lf,
        field_start,  // the fields, and the empty line after them
        name,
        value,
        value_lf,
        end_lf,
        size_start,  // a chunk's first line
        size,
        semicolon,
        extension_start,
        extension,
        size_cr,
        size_lf,
        data_cr,  // after a chunk's data
        data_lf,
    };

    void begin_fields();
    void begin_chunk_line();

    static ByteClass class_of_run(State state);
    std::size_t run_length(std::string_view bytes) const;

    Found step(unsigned char byte);
    Found step_in_request_line(unsigned char byte);
    Found step_in_version(unsigned char byte);
    Found step_in_fields(unsigned char byte);
    Found step_in_chunk_line(unsigned char byte);
    Found start_field(unsigned char byte);
    Found end_target(unsigned char byte);
    Found start_extension();
    Found end_extension(unsigned char byte);

    Found go(State state);
    Found spend_and_go(State state);
    Found expect(char expected, unsigned char byte, State state);
    Found refuse(int status, const char* reason);
    Found refuse_too_long();

    const Limits* limits_;
    std::size_t budget_ = 0;            // how much more there may be of what is read now
    std::size_t extension_budget_ = 0;  // the same for the extensions of all chunks
    std::size_t fields_ = 0;
    std::size_t version_bytes_ = 0;
    State state_ = State::start;
    Refusal refusal_{};
};

}  // namespace six::http
