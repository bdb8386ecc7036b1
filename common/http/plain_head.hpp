// The usual head: plain, and here as a whole. It needs no state machine, and reading it in
// one go costs a fifth. Private to common/http. Read next: plain_head.cpp, then
// request_parser.cpp, which tries this first.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/http/message.hpp"

namespace six::http {

/// Reads the head at the start of `bytes`, overwrites `head` with what it says, and returns
/// how many bytes it has. 0: it is not plain or not all of it is here; then `head` is worth
/// nothing, and the state machine decides.
///
/// It only ever accepts, and less than the state machine does: GET, HEAD or POST, a path,
/// HTTP/1.1, no chunks, nothing that could be refused. So no rule stands twice: what breaks
/// one comes to where the rule is. Never blocks.
std::size_t read_plain_head(std::string_view bytes, const Limits& limits,
                            RequestHead& head);

}  // namespace six::http
