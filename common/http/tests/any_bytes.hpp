// What holds for the parser whatever the bytes are. Used by the fuzzer, which invents the
// bytes (fuzz/request_parser.cpp), and by a test, which has a corpus of them.
#pragma once

#include <string_view>

namespace six::http {

/// Feeds the bytes whole, one by one, and cut where they say themselves, with usual limits
/// and with small ones. Throws std::logic_error if that makes a difference, or if the
/// parser keeps more than it may.
void check_any_bytes(std::string_view bytes);

}  // namespace six::http
