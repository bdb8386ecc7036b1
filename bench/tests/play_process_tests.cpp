// play as the program that it is: with real servers, by script and on a terminal.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bench/tests/fake_terminal.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/skip.hpp"

using namespace six::testing;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;

namespace {

#if defined(__linux__) && !defined(SIX_PORTABLE)
constexpr bool sees_threads = true;
#else
constexpr bool sees_threads = false;
#endif

// --- by script ---

struct Played {
    Exit exit;
    std::string out;
    std::string err;
};

Played play(std::vector<std::string> arguments) {
    ServerProcess program{{SIX_PLAY_PATH, std::move(arguments)}};
    const Exit exit = program.wait_for_exit(Deadline(std::chrono::seconds(60)));
    return {exit, program.stdout_text(), program.stderr_text()};
}

std::size_t line_of(const std::string& text, const std::string& part) {
    const std::size_t found = text.find(part);
    INFO("looking for '" << part << "' in:\n" << text);
    REQUIRE(found != std::string::npos);
    return found;
}

// --- on a terminal ---

ServerProcess start(FakeTerminal& terminal, std::vector<std::string> arguments) {
    return terminal.start(SIX_PLAY_PATH, std::move(arguments));
}

/// The process that play has started.
pid_t server_of(const ServerProcess& play) {
    const std::string pid = std::to_string(play.pid());
    std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
    pid_t child = 0;
    REQUIRE(children >> child);
    return child;
}

bool is_gone(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
    std::string name, state;
    std::string number;
    if (!(status >> number >> name >> state)) return true;
    return state == "Z";  // nobody has asked yet how it ended
}

}  // namespace

TEST_CASE("in 01 the second is answered only when the first has sent its body",
          "[play][01]") {
    const Played played =
        play({"01", "--script", "1 2 2 2=waiting 1 1=answered 2=answered"});
    CHECK(played.exit == Exit{0, 0});
    CHECK_THAT(played.out, EndsWith("answered: first, second\n"));
    CHECK(line_of(played.out, "the second is answered: {\"pk\": 2}") >
          line_of(played.out, "the first sends its body"));
    if (sees_threads)
        CHECK_THAT(played.out,
                   ContainsSubstring("The second has sent everything and waits: "
                                     "the server's only thread is asleep in "
                                     "recv() on the first."));
}

TEST_CASE("in 01 nobody is answered while the first holds back its body", "[play][01]") {
    if (!sees_threads) SIX_SKIP_ALWAYS("without Linux's calls nobody sees who sleeps");
    const Played played = play({"01", "--script", "1 2 2"});
    CHECK(played.exit == Exit{0, 0});
    CHECK_THAT(played.out, EndsWith("answered: nobody\n"));
}

TEST_CASE("from 02 on the second overtakes", "[play][02][03][04][05][06]") {
    const std::string chapter = GENERATE(as<std::string>{}, "02", "03", "04", "05", "06");
    const Played played = play({chapter, "--script", "1 2 2 2=answered 1 1=answered"});
    INFO(played.out << played.err);
    CHECK(played.exit == Exit{0, 0});
    CHECK_THAT(played.out, EndsWith("answered: second, first\n"));
    CHECK(line_of(played.out, "the second is answered: {\"pk\": 1}") <
          line_of(played.out, "the first sends its body"));
    if (sees_threads && chapter >= "03")
        CHECK_THAT(played.out, ContainsSubstring("no thread is asleep for one of them"));
}

TEST_CASE("a pool of one thread makes the second wait again", "[play][02]") {
    const Played played = play({"02", "--script", "1 2 2 2=waiting 1 2=answered", "--",
                                "--model", "pool", "--threads", "1"});
    INFO(played.out << played.err);
    CHECK(played.exit == Exit{0, 0});
    CHECK_THAT(played.out, EndsWith("answered: first, second\n"));
}

TEST_CASE("a step that does not hold ends the script with status 1", "[play][05]") {
    const Played played = play({"05", "--script", "1 2 2 2=answered 1=waiting 1"});
    CHECK(played.exit == Exit{1, 0});
    CHECK_THAT(played.out, ContainsSubstring("not so: the first is waiting\n"));
    CHECK_THAT(played.out, !ContainsSubstring("the first sends its body"));
}

TEST_CASE("bad arguments are refused in one line", "[play]") {
    using Arguments = std::vector<std::string>;
    const auto arguments =
        GENERATE(Arguments{}, Arguments{"07"}, Arguments{"01", "more"},
                 Arguments{"01", "--nonsense"}, Arguments{"01", "--script", "1 3"},
                 Arguments{"01", "--script", ""}, Arguments{"01"});  // no terminal
    const Played played = play(arguments);
    CHECK(played.exit == Exit{2, 0});
    CHECK(played.out.empty());
    CHECK_THAT(played.err, Catch::Matchers::StartsWith("play: "));
    CHECK(played.err.find('\n') == played.err.size() - 1);
}

TEST_CASE("a server that refuses its options is reported in one line", "[play]") {
    const Played played = play({"01", "--script", "1", "--", "--nonsense"});
    CHECK(played.exit == Exit{1, 0});
    CHECK_THAT(played.err, ContainsSubstring("01_blocking does not listen"));
    CHECK_THAT(played.err, ContainsSubstring("--nonsense"));
    CHECK(played.err.find('\n') == played.err.size() - 1);
}

TEST_CASE("a server that is not there is reported in one line", "[play]") {
    const TemporaryDirectory alone;
    std::filesystem::copy_file(SIX_PLAY_PATH, alone.file("play"));
    ServerProcess program{{alone.file("play"), {"01", "--script", "1"}}};
    CHECK(program.wait_for_exit() == Exit{1, 0});
    CHECK_THAT(program.stderr_text(), ContainsSubstring("01_blocking: build it first"));
}

TEST_CASE("on a terminal two keys send heads and bodies", "[play][terminal]") {
    FakeTerminal terminal;
    ServerProcess program = start(terminal, {"01"});
    terminal.wait_for("NOT CONNECTED");
    CHECK(terminal.is_raw());
    terminal.press("1");
    terminal.wait_for("HEAD SENT");
    terminal.press("bb");
    terminal.wait_for("BODY SENT");
    terminal.press("\x1b[D");  // left
    terminal.wait_for("answered: first, second");
    terminal.press("r");
    terminal.wait_for("round 2");
    terminal.wait_for("answered: nobody");
    terminal.press("?");
    terminal.wait_for("Any key goes back.");
    terminal.press(" ");
    terminal.wait_for("NOT CONNECTED");
    terminal.press("q");
    CHECK(program.wait_for_exit() == Exit{0, 0});
    terminal.check_given_back();
    CHECK(program.stderr_text().empty());
}

TEST_CASE("a terminal that changes its size is drawn anew", "[play][terminal]") {
    FakeTerminal terminal;
    ServerProcess program = start(terminal, {"05"});
    terminal.wait_for("[q] quit");
    terminal.resize(60, 10);
    terminal.wait_for("80x24");
    terminal.resize(120, 40);
    terminal.wait_for("\x1b[40;1H");
    terminal.wait_for("[q] quit");
    terminal.press("\x03");  // Ctrl-C
    CHECK(program.wait_for_exit() == Exit{0, 0});
}

TEST_CASE("a signal gives the terminal back and ends the server", "[play][terminal]") {
    if (!has_proc()) SIX_SKIP("this system has no /proc");
    const int signal = GENERATE(SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT);
    FakeTerminal terminal;
    ServerProcess program = start(terminal, {"05"});
    terminal.wait_for("[q] quit");
    const pid_t server = server_of(program);
    REQUIRE_FALSE(is_gone(server));
    program.signal(signal);
    CHECK(program.wait_for_exit() == Exit{0, signal});
    terminal.check_given_back();
    wait_until("the server to end", [&] { return is_gone(server); });
}

TEST_CASE("a server that dies gives the terminal back, and is reported in one line",
          "[play][terminal]") {
    if (!has_proc()) SIX_SKIP("this system has no /proc");
    FakeTerminal terminal;
    ServerProcess program = start(terminal, {"05"});
    terminal.wait_for("[q] quit");
    terminal.press("1");
    terminal.wait_for("HEAD SENT");
    ::kill(server_of(program), SIGKILL);
    CHECK(program.wait_for_exit() == Exit{1, 0});
    terminal.check_given_back();
    CHECK(program.stderr_text() == "play: 05_coroutines has gone: ended by signal 9\n");
}

TEST_CASE("a script that is interrupted ends the server, too", "[play]") {
    if (!has_proc()) SIX_SKIP("this system has no /proc");
    // The server never comes to rest: its database takes very long.
    ServerProcess program{
        {SIX_PLAY_PATH, {"01", "--script", "1 1", "--", "--save-delay", "60000"}}};
    wait_until("the script to press", [&] {
        return program.stdout_text().find("the first sends its head") != std::string::npos;
    });
    const pid_t server = server_of(program);
    program.signal(SIGTERM);
    CHECK(program.wait_for_exit() == Exit{0, SIGTERM});
    wait_until("the server to end", [&] { return is_gone(server); });
}
