// What nobody expected, for whoever looks after the server.
#pragma once

#include <cstdio>
#include <exception>

namespace six {

/// One line on stderr: a fault of the server's own, which has ended one client's request
/// and must not end the others'. On any thread; may block as long as nobody reads stderr.
inline void report_fault(const std::exception& error) {
    std::fprintf(stderr, "a request has failed: %s\n", error.what());
}

}  // namespace six
