// The whole program, as `./course demo` runs it: real servers, real sockets, a database on
// disk.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "bench/results.hpp"
#include "bench/tests/course.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/files.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/skip.hpp"

using namespace six::bench;
using six::testing::Deadline;
using six::testing::Exit;
using six::testing::Launch;
using six::testing::read_file;
using six::testing::ServerProcess;
using six::testing::TemporaryDirectory;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::size_t lines_in(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// True if a process has this text in its command line.
bool runs(const std::string& text) {
    for (const auto& entry : fs::directory_iterator("/proc"))
        if (contains(read_file(entry.path() / "cmdline"), text)) return true;
    return false;
}

}  // namespace

TEST_CASE("the ladder measures, prints, and writes its report", "[bench][ladder]") {
    const Course course{{"01_blocking", "04_event_loop"}};
    ServerProcess ladder = course.start(little({"--chapters", "1,04"}));
    REQUIRE(ladder.wait_for_exit(Deadline(60s)) == Exit{});
    CHECK(ladder.stderr_text().empty());
    const std::string text = ladder.stdout_text();
    CHECK(contains(text, "01 blocking"));
    CHECK(contains(text, "servers"));
    CHECK_FALSE(contains(text, "\x1b"));  // no terminal: plain lines

    const Results results = from_json(read_file(course.json()));
    REQUIRE(results.loads.size() == 1);
    REQUIRE(results.loads[0].servers.size() == 2);
    const Result& one = results.loads[0].servers[0];
    const Result& loop = results.loads[0].servers[1];
    CHECK(one.at_once == 1);
    CHECK(loop.at_once > 1);
    CHECK(loop.served > one.served);
    CHECK(one.shares);
    CHECK(loop.shares);
    CHECK(contains(read_file(course.report()), results.command));
    CHECK(course.leftovers() == 0);
}

TEST_CASE("a missing server is named, the others go on, and the status is 1",
          "[bench][ladder]") {
    const Course course{{"04_event_loop"}};
    ServerProcess ladder = course.start(little({"--chapters", "01,04"}));
    REQUIRE(ladder.wait_for_exit(Deadline(60s)) == Exit{1, 0});
    CHECK(ladder.stderr_text() == "ladder: could not be measured: 01 blocking\n");
    CHECK(contains(ladder.stdout_text(), "there is no program"));
    CHECK(contains(ladder.stdout_text(), "04 event loop"));
    const Results results = from_json(read_file(course.json()));
    CHECK(contains(results.loads[0].servers[0].failure, "01_blocking"));
    CHECK(results.loads[0].servers[1].at_once > 1);
}

TEST_CASE("recorded results are shown again for another application", "[bench][ladder]") {
    const Course course{{"04_event_loop"}};
    ServerProcess first = course.start(little({"--chapters", "04"}));
    REQUIRE(first.wait_for_exit(Deadline(60s)) == Exit{});
    ServerProcess again = course.start(
        {"--from", course.json(), "--machine-price", "12345", "--cpu-ms", "0.001"});
    REQUIRE(again.wait_for_exit(Deadline(10s)) == Exit{});
    CHECK(contains(again.stdout_text(), "04 event loop"));
    CHECK(contains(again.stdout_text(), "12,345"));
}

TEST_CASE("an interrupted ladder leaves no server and no file", "[bench][ladder]") {
    if (!six::testing::has_proc()) SIX_SKIP("this system has no /proc");
    const Course course{{"04_event_loop"}};
    ServerProcess ladder = course.start({"--chapters", "04", "--seconds", "3600"});
    const std::string data = "demo-data-" + std::to_string(ladder.pid());
    six::testing::wait_until("the server to run", [&] { return runs(data); });
    ladder.signal(SIGINT);
    CHECK(ladder.wait_for_exit(Deadline(10s)) == Exit{130, 0});
    CHECK(lines_in(ladder.stderr_text()) <= 2);
    CHECK_FALSE(runs(data));
    CHECK(course.leftovers() == 0);
    CHECK_FALSE(fs::exists(course.report()));
}

TEST_CASE("a bad option is one line, and status 2", "[bench][ladder]") {
    const Course course{{}};
    const std::vector<std::vector<std::string>> bad{
        {"--chapters", "07"},
        {"--chapters", "x"},
        {"--clients", "0", "--load", "small"},
        {"--clients", "many", "--load", "small"},
        {"--clients", "5"},
        {"--pause", "nan", "--load", "small"},
        {"--pause", "-1", "--load", "small"},
        {"--pause", "0", "--load", "large"},
        {"--rate", "5", "--clients", "5", "--load", "small"},
        {"--rate", "5", "--closed", "--load", "small"},
        {"--load", "huge"},
        {"--seconds", "0"},
        {"--body", "2000000"},
        {"--machine-price", "cheap"},
        {"--no-such-option"},
        {"stray"},
    };
    for (const auto& options : bad) {
        ServerProcess ladder = course.start(options);
        INFO(options[0] << " " << options.back() << ": " << ladder.stderr_text());
        CHECK(ladder.wait_for_exit() == Exit{2, 0});
        CHECK(lines_in(ladder.stderr_text()) == 1);
        CHECK(ladder.stdout_text().empty());
    }
}

TEST_CASE("what can't be read or written is one line, and status 1", "[bench][ladder]") {
    const Course course{{}};
    std::ofstream(course.json()) << "{}";
    for (const std::string& file : {std::string("/no/such/file"), course.json()}) {
        ServerProcess ladder = course.start({"--from", file});
        CHECK(ladder.wait_for_exit() == Exit{1, 0});
        CHECK(lines_in(ladder.stderr_text()) == 1);
    }
}

TEST_CASE("a report that can't be written is told before measuring", "[bench][ladder]") {
    const Course course{{"04_event_loop"}};
    for (const std::string& file : {course.programs().string(), course.report() + "/x"}) {
        ServerProcess ladder = course.start({"--json", file});
        CHECK(ladder.wait_for_exit() == Exit{1, 0});
        CHECK(contains(ladder.stderr_text(), "cannot write " + file));
        CHECK(ladder.stdout_text().empty());
    }
}

TEST_CASE("--help prints the options", "[bench][ladder]") {
    const Course course{{}};
    ServerProcess ladder = course.start({"--help"});
    CHECK(ladder.wait_for_exit() == Exit{});
    for (const char* option : {"--clients", "--pause", "--quick", "--requests-per-second"})
        CHECK(contains(ladder.stdout_text(), option));
}
