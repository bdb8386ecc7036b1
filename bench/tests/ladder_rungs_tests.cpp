// All rungs of the ladder, a terminal to watch them on, and a machine that allows little.
#include <string>

#include "bench/results.hpp"
#include "bench/rungs.hpp"
#include "bench/tests/course.hpp"
#include "bench/tests/fake_terminal.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/files.hpp"

using namespace six::bench;
using Catch::Matchers::ContainsSubstring;
using six::testing::Deadline;
using six::testing::Exit;
using six::testing::FakeTerminal;
using six::testing::ServerProcess;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> programs_of(const std::vector<Rung>& rungs) {
    std::vector<std::string> programs;
    for (const Rung& rung : rungs)
        if (programs.empty() || programs.back() != rung.program)
            programs.push_back(rung.program);
    return programs;
}

}  // namespace

TEST_CASE("every rung of the ladder holds", "[bench][ladder][rungs]") {
    const Course course{programs_of(all_rungs())};
    ServerProcess ladder = course.start(little({}));
    REQUIRE(ladder.wait_for_exit(Deadline(100s)) == Exit{});
    CHECK(ladder.stderr_text().empty());
    const Results results = from_json(six::testing::read_file(course.json()));
    REQUIRE(results.loads.size() == 1);
    REQUIRE(results.loads[0].servers.size() == all_rungs().size());
    for (std::size_t i = 0; i < all_rungs().size(); ++i) {
        const Result& server = results.loads[0].servers[i];
        INFO(server.name << ": " << server.failure);
        CHECK(server.name == all_rungs()[i].name);
        CHECK(server.failure.empty());
        CHECK(server.at_once > 0);
        CHECK(server.shares);
    }
}

TEST_CASE("on a terminal each rung has its bar", "[bench][ladder][terminal]") {
    const Course course{{"04_event_loop", "06_full_server"}};
    FakeTerminal terminal;
    std::vector<std::string> options = little({"--chapters", "04,06"});
    options.insert(options.end(), {"--report", course.report()});
    ServerProcess ladder = terminal.start(course.program(), options);
    terminal.wait_for("served now");                         // what the columns are
    terminal.wait_for("04 event loop   \x1b[32m#");          // somebody is being served
    terminal.wait_for("\x1b[2A\r04 event loop   \x1b[32m");  // drawn anew, in its place
    terminal.wait_for("06 full server  \x1b[32m#");
    terminal.wait_for("Once more with --trace");
    terminal.wait_for("04 event loop   \x1b[32m#");
    terminal.wait_for("06 full server  \x1b[32m#");
    terminal.wait_for("report   ");
    CHECK(ladder.wait_for_exit(Deadline(60s)) == Exit{});
    CHECK_FALSE(terminal.is_raw());
    // The cursor was never hidden, nor moved to another screen: nothing to be given back.
    CHECK_THAT(terminal.written(), !ContainsSubstring("\x1b[?"));
}

TEST_CASE("where few sockets are allowed, fewer clients come", "[bench][ladder]") {
    const Course course{{"04_event_loop"}};
    ServerProcess ladder = course.start({"--chapters", "04", "--load", "small", "--clients",
                                         "400", "--pause", "0.1", "--seconds", "0.2"},
                                        [] { six::testing::limit_descriptors(100); });
    CHECK(ladder.wait_for_exit(Deadline(60s)) == Exit{});
    CHECK_THAT(
        ladder.stdout_text(),
        ContainsSubstring("this machine allows 36 open sockets: 12 clients at a time "
                          "instead of 400\n"));
    const Results results = from_json(six::testing::read_file(course.json()));
    CHECK(results.notes.size() >= 1);
    CHECK(results.loads[0].servers[0].failure.empty());
    CHECK(results.loads[0].servers[0].at_once > 0);
}
