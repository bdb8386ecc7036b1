// Watches each byte of a request that is not body, before llhttp parses it: llhttp accepts
// more than RFC 9112 lets a careful server accept, and it bounds nothing. Private to
// common/http. Read next: framing_grammar.hpp (the rules), framing_guard.cpp, then
// request_parser.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/http/framing_grammar.hpp"
#include "common/http/message.hpp"
#include "common/http/refusal.hpp"

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
    void end_chunk_data();
    void begin_trailers();

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
    bool idle() const;

  private:
    using State = framing::State;

    std::size_t skip_plain(std::string_view bytes);
    Found step(unsigned char byte);
    Found begin_target();
    Found begin_fields();
    Found begin_field();
    Found begin_chunk_line();
    Found begin_extension();
    Found end_extension();
    Found go(State state, std::size_t budget);
    Found refuse(const Refusal& why);

    const Limits* limits_;
    std::size_t budget_ = 0;            // how many bytes more this part may have
    std::size_t extension_budget_ = 0;  // the same for the extensions of all chunks
    std::size_t fields_ = 0;
    State state_;
    Refusal refusal_{};
};

}  // namespace six::http
