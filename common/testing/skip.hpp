// Tests that can't be run here say so, and CTest shows them as skipped: nobody must take
// them for proven.
#pragma once

#include <cstddef>
#include <string>

namespace six::testing {

/// Leaves the test case: this machine lacks what it needs. Where SIX_NO_SKIP is set in the
/// environment (.ci/run does it), that is a failure: a machine that is to prove everything
/// lacks nothing.
#define SIX_SKIP(reason)                     \
    do {                                     \
        ::six::testing::report_skip(reason); \
        return;                              \
    } while (false)

/// Leaves the test case: it is not meant for this server, or for this build. Skipped on
/// every machine.
#define SIX_SKIP_ALWAYS(reason)                     \
    do {                                            \
        ::six::testing::report_skip_always(reason); \
        return;                                     \
    } while (false)

/// For tests with that many connections: this process and the servers that it starts each
/// need so many descriptors, and some for the rest. Raises the limit as far as needed.
#define SIX_NEEDS_DESCRIPTORS(count)                                         \
    if (const std::string lack = ::six::testing::lack_of_descriptors(count); \
        !lack.empty())                                                       \
    SIX_SKIP(lack)

/// For tests of servers with that many threads.
#define SIX_NEEDS_THREADS(count)                                                        \
    if (const std::string lack = ::six::testing::lack_of_threads(count); !lack.empty()) \
    SIX_SKIP(lack)

/// For tests that measure how much memory a process has.
#define SIX_NEEDS_MEMORY_FIGURES()                                                    \
    if (::six::testing::is_sanitized())                                               \
        SIX_SKIP_ALWAYS("a sanitizer keeps memory of its own for that of a program"); \
    else if (!::six::testing::has_proc())                                             \
    SIX_SKIP("this system has no /proc")

// --- what these call; a test that goes on after them has skipped a part of itself ---

void report_skip(const std::string& reason);
void report_skip_always(const std::string& reason);

/// What the machine lacks, as a sentence; empty if it doesn't.
std::string lack_of_descriptors(std::size_t count);
std::string lack_of_threads(std::size_t count);
/// Whether the system shows in files what its processes have.
bool has_proc();
/// Whether all of this was built with a sanitizer for memory or threads.
bool is_sanitized();

}  // namespace six::testing
