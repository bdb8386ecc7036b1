// Catch2 2 keeps its listeners from whoever doesn't ask for them. (CMakeLists.txt compiles
// this file by itself, so that this is the first that is read of it.)
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include "common/testing/skip.hpp"

#include <sys/resource.h>
#include <unistd.h>

#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/client.hpp"
#include "common/testing/sanitized.hpp"

namespace six::testing {

namespace {

/// Why the test case that runs now, or a part of it, was left out.
std::vector<std::string>& reasons() {
    static std::vector<std::string> list;
    return list;
}

/// Prints what CTest looks for (SKIP_REGULAR_EXPRESSION). Only at the end of a test case
/// that has not failed in the parts that it ran: to CTest, one that says so is skipped,
/// whatever else it did.
class SkipListener : public Catch::EventListenerBase {
  public:
    using Catch::EventListenerBase::EventListenerBase;

    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        if (stats.totals.assertions.allOk())
            for (const std::string& reason : reasons())
                std::cout << "SKIPPED: " << reason << std::endl;
        reasons().clear();
    }
};
CATCH_REGISTER_LISTENER(SkipListener)

bool nothing_may_be_skipped() {
    const char* const value = std::getenv("SIX_NO_SKIP");
    return value != nullptr && *value != '\0';
}

#ifdef __APPLE__
/// How many a process may have. (RLIMIT_NPROC counts processes here.)
long threads_allowed() {
    int limit = 0;
    std::size_t size = sizeof limit;
    const bool known =
        ::sysctlbyname("kern.num_taskthreads", &limit, &size, nullptr, 0) == 0;
    return known ? limit : std::numeric_limits<long>::max();
}
#else
/// The lowest of Linux's limits. Elsewhere there are none that we know of.
long threads_allowed() {
    long lowest = std::numeric_limits<long>::max();
    for (const char* const file : {"/proc/sys/kernel/threads-max",
                                   "/proc/sys/kernel/pid_max", "/sys/fs/cgroup/pids.max"}) {
        long limit = 0;
        if (std::ifstream(file) >> limit) lowest = std::min(lowest, limit);  // or "max"
    }
    rlimit limit{};
    const bool of_user = ::geteuid() != 0 && ::getrlimit(RLIMIT_NPROC, &limit) == 0;
    if (of_user && limit.rlim_cur != RLIM_INFINITY)
        lowest = std::min(lowest, static_cast<long>(limit.rlim_cur));
    return lowest;
}
#endif

}  // namespace

void report_skip(const std::string& reason) {
    if (nothing_may_be_skipped())
        FAIL_CHECK("SIX_NO_SKIP is set, and this test cannot be run: " << reason);
    else
        report_skip_always(reason);
}

void report_skip_always(const std::string& reason) {
    reasons().push_back(reason);
}

std::string lack_of_descriptors(std::size_t count) try {
    allow_descriptors(count);
    return {};
} catch (const std::runtime_error& error) {
    return error.what();
}

std::string lack_of_threads(std::size_t count) {
    constexpr long of_others = 300;
    const long wanted = static_cast<long>(count) + of_others;
    const long allowed = threads_allowed();
    if (allowed >= wanted) return {};
    return "this test needs " + std::to_string(wanted) +
           " threads, and the system allows " + std::to_string(allowed) +
           " (./course doctor)";
}

bool is_sanitized() {
    return sanitized;
}

bool has_proc() {
    return std::ifstream("/proc/self/status").good();
}

}  // namespace six::testing
