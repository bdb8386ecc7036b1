// Where an answer on a keep-alive connection ends. Pure. Read next: generator.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace six::speed {

/// What an answer's head says.
struct Frame {
    std::size_t bytes = 0;  ///< head and body
    bool ok = false;        ///< status 200
    bool framed = true;     ///< false: no Content-Length, so its end is unknown
};

/// Reads the head of the answer that begins with the first byte. Nothing: the head is not
/// complete. Knows Content-Length only, not chunked bodies (RFC 9112, section 6).
std::optional<Frame> frame_of(std::string_view bytes);

}  // namespace six::speed
