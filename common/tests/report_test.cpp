// What is said on stderr, and how often.
#include "common/report.hpp"

#include <unistd.h>

#include <future>
#include <stdexcept>
#include <string>

#include "common/testing/captured_stderr.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/full_pipe.hpp"

using namespace std::chrono_literals;
using six::RecentLines;
using six::testing::CapturedStderr;
using six::testing::FullPipe;

TEST_CASE("what goes wrong again and again is one line a second", "[report]") {
    RecentLines lines;
    const RecentLines::TimePoint start{100s};
    CHECK(lines.add("the disk is full", start));
    CHECK_FALSE(lines.add("the disk is full", start + 999ms));
    CHECK(lines.add("the database is locked", start + 999ms));
    CHECK(lines.add("the disk is full", start + 1s));
    CHECK_FALSE(lines.add("the disk is full", start + 1s));
}

TEST_CASE("lines that are all different don't fill a log either", "[report]") {
    RecentLines lines;
    const RecentLines::TimePoint start{100s};
    std::size_t said = 0;
    for (int i = 0; i < 1000; ++i) said += lines.add("item " + std::to_string(i), start);
    CHECK(said == RecentLines::most);
    CHECK(lines.add("item 999", start + 1s));
}

TEST_CASE("a report is one line, whatever is in it", "[report]") {
    const CapturedStderr log;
    six::report("not this\none:\t\x1b[2J");
    six::report_fault(std::runtime_error("broken"));
    CHECK(log.text() == "not this one:  [2J\na request has failed: broken\n");
}

TEST_CASE("a report doesn't wait for a reader", "[report]") {
    const CapturedStderr log;  // puts stderr back in its place
    const FullPipe pipe;
    ::dup2(pipe.writer(), STDERR_FILENO);
    auto reported =
        std::async(std::launch::async, [] { six::report("nobody reads this"); });
    CHECK(reported.wait_for(10s) == std::future_status::ready);
    pipe.drain();
    six::report("somebody reads this");
    CHECK(pipe.drain() == "somebody reads this\n");
}
