// play without a server: what a round means, how it looks, which keys and words it takes.
#include <sys/stat.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "01_blocking/socket.hpp"
#include "bench/play_canvas.hpp"
#include "bench/play_model.hpp"
#include "bench/play_observe.hpp"
#include "bench/play_script.hpp"
#include "bench/play_sockets.hpp"
#include "bench/play_terminal.hpp"
#include "bench/play_view.hpp"
#include "bench/play_words.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/client.hpp"

using namespace six::play;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

const Server blocking{"01", "01_blocking"};
const Server coroutines{"05", "05_coroutines"};

Round round_of(const std::vector<Event>& events) {
    Round round;
    for (const Event& event : events) round.reached(event);
    return round;
}

/// One thread, asleep in recv() on the first client; the second has not been accepted.
Look asleep_on_first(std::size_t unread_of_second) {
    Look look;
    look.shows_calls = true;
    look.threads = {{Call::recv, Who::first, 7}};
    look.lines[0] = Line{true, 0, 0};
    look.lines[1] = Line{false, unread_of_second, 0};
    return look;
}

/// One thread, which listens to everybody; both heads are read.
Look asleep_for_anyone() {
    Look look;
    look.shows_calls = true;
    look.threads = {{Call::epoll_wait, {}, 7}};
    look.lines = {Line{true, 0, 0}, Line{true, 0, 0}};
    return look;
}

const Event first_head{Who::first, Stage::head_sent, 0ms};
const Event second_head{Who::second, Stage::head_sent, 1500ms};
const Event second_body{Who::second, Stage::body_sent, 2500ms};
const Event second_answer{Who::second, Stage::answered, 2504ms, "{\"pk\": 1}"};
const Event first_body{Who::first, Stage::body_sent, 7000ms};

std::string screen(const Scene& scene, int columns, int rows, bool unicode = true) {
    const Canvas canvas = draw(scene, columns, rows);
    std::string text;
    for (int row = 0; row < canvas.rows(); ++row) text += canvas.text(row, unicode) + "\n";
    return text;
}

}  // namespace

// --- the round ---

TEST_CASE("a client goes from absent to answered", "[play][model]") {
    Round round;
    CHECK(round.stage(Who::second) == Stage::absent);
    round.reached(second_head);
    CHECK(round.stage(Who::second) == Stage::head_sent);
    round.reached(second_body);
    CHECK(round.waits(Who::second));
    round.reached(second_answer);
    CHECK(round.stage(Who::second) == Stage::answered);
    CHECK_FALSE(round.waits(Who::second));
    CHECK(round.text(Who::second) == "{\"pk\": 1}");
    CHECK(round.when(Who::second, Stage::body_sent) == Time{2500ms});
    CHECK_FALSE(round.when(Who::first, Stage::head_sent).has_value());
    CHECK_FALSE(round.over());
}

TEST_CASE("who came later and is answered first has overtaken", "[play][model]") {
    Round round = round_of({first_head, second_head, second_body, second_answer});
    CHECK(round.overtook(Who::second));
    CHECK_FALSE(round.overtook(Who::first));

    round.reached(first_body);
    round.reached({Who::first, Stage::answered, 7003ms, "{\"pk\": 2}"});
    CHECK(round.over());
    CHECK(round.answered() == std::vector{Who::second, Who::first});
    CHECK_FALSE(round.had_to_wait(Who::first));
    CHECK_FALSE(round.had_to_wait(Who::second));
}

TEST_CASE("who came first and is answered first has not overtaken", "[play][model]") {
    const Round round = round_of({second_head, second_body, second_answer});
    CHECK_FALSE(round.overtook(Who::second));
}

TEST_CASE("who had sent everything and was answered after the other had to wait",
          "[play][model]") {
    const Round round = round_of({first_head,
                                  second_head,
                                  second_body,
                                  first_body,
                                  {Who::first, Stage::answered, 7001ms},
                                  {Who::second, Stage::answered, 7002ms}});
    CHECK(round.had_to_wait(Who::second));
    CHECK_FALSE(round.overtook(Who::first));
    CHECK_THAT(explain(round, blocking), ContainsSubstring("it had to wait"));
}

TEST_CASE("who is answered after a refusal had not to wait for a body", "[play][model]") {
    const Round round = round_of({first_head,
                                  second_head,
                                  {Who::first, Stage::answered, 2s, "408 {}"},
                                  {Who::second, Stage::body_sent, 3s},
                                  {Who::second, Stage::answered, 4s, "{}"}});
    CHECK_FALSE(round.had_to_wait(Who::second));
    const std::string text = screen({{"06", "06_full_server"}, round, 4s}, 80, 24);
    CHECK_THAT(text, ContainsSubstring("REFUSED") && ContainsSubstring("ANSWERED"));
}

TEST_CASE("a server is at rest when its threads slept through two looks", "[play][model]") {
    Round round = round_of({first_head, second_head, second_body});
    const Look look = asleep_on_first(103);
    round.looked(look);
    CHECK(at_rest(look, round));

    SECTION("not when one woke up in between, though it sleeps again") {
        Look earlier = look;
        earlier.threads[0].sleeps = 6;
        CHECK_FALSE(at_rest(earlier, round));
    }
    SECTION("not when a thread runs, or waits for the disk") {
        for (const Call busy : {Call::running, Call::disk, Call::other}) {
            Look other_look = look;
            other_look.threads[0].call = busy;
            round.looked(other_look);
            CHECK_FALSE(at_rest(other_look, round));
        }
    }
    SECTION("not when it has read all of a request that it has not answered") {
        const Look read = asleep_on_first(0);
        round.looked(read);
        CHECK_FALSE(at_rest(read, round));
    }
    SECTION("not when an answer is on its way") {
        Look sending = look;
        sending.lines[0]->unsent = 100;
        round.looked(sending);
        CHECK_FALSE(at_rest(sending, round));
    }
    SECTION("not when the system doesn't show it") {
        Look blind;
        blind.threads = {{Call::running, {}, 0}};
        round.looked(blind);
        CHECK_FALSE(at_rest(blind, round));
    }
}

// --- what it means ---

TEST_CASE("a waiting client is explained by the thread that sleeps for the other",
          "[play][words]") {
    Round round = round_of({first_head, second_head, second_body});
    round.looked(asleep_on_first(103));
    CHECK(explain(round, blocking) ==
          "The second has sent everything and waits: the server's only thread is asleep in "
          "recv() on the first. 103 bytes lie unread, until you press 1.");
}

TEST_CASE("a slow database is named where a thread sleeps for it", "[play][words]") {
    Round round = round_of({second_head, second_body});
    Look look = asleep_for_anyone();
    look.threads[0].call = Call::sleep;
    round.looked(look);
    CHECK_THAT(explain(round, {"03", "03_callbacks"}),
               ContainsSubstring("only thread is asleep in nanosleep()"));
}

TEST_CASE("nothing is said of threads that nobody saw", "[play][words]") {
    const Round round = round_of({first_head, second_head, second_body});
    CHECK(explain(round, blocking) ==
          "The second has sent everything and is not answered yet.");
    CHECK(explain(round_of({first_head}), blocking) == "The first holds back its body.");
    CHECK(explain(round_of({first_head, second_head}), coroutines) ==
          "Both have sent their heads and hold back their bodies.");
}

TEST_CASE("requests that no thread sleeps for are suspended", "[play][words]") {
    Round round = round_of({first_head, second_head});
    round.looked(asleep_for_anyone());
    CHECK_THAT(explain(round, coroutines),
               ContainsSubstring("both requests are suspended"));
    CHECK_THAT(explain(round, {"03", "03_callbacks"}),
               ContainsSubstring("both requests are put aside"));
}

TEST_CASE("overtaking is told when it happens", "[play][words]") {
    Round round = round_of({first_head, second_head, second_body, second_answer});
    round.looked(asleep_for_anyone());
    CHECK(explain(round, coroutines) ==
          "The second came later and is answered first: it has overtaken. The first's "
          "request is suspended: no thread is asleep for it, and whoever comes is heard.");
}

TEST_CASE("two threads that sleep for one client each are told apart from one",
          "[play][words]") {
    Round round = round_of({first_head, second_head});
    Look look = asleep_for_anyone();
    look.threads = {
        {Call::poll, {}, 1}, {Call::recv, Who::first, 1}, {Call::recv, Who::second, 1}};
    round.looked(look);
    CHECK_THAT(explain(round, {"02", "02_threads"}),
               ContainsSubstring("for each of them a thread of the server is asleep"));
}

TEST_CASE("a broken connection is told with its reason", "[play][words]") {
    const Round round =
        round_of({first_head, {Who::first, Stage::lost, 1s, "the server closed it"}});
    CHECK(explain(round, blocking) ==
          "The first's connection is lost: the server closed it. Press r for a new round.");
}

TEST_CASE("the order of the answers is told", "[play][words]") {
    CHECK(tell_order(Round{}) == "answered: nobody");
    Round round = round_of({second_answer});
    CHECK(tell_order(round) == "answered: second");
    round.reached({Who::first, Stage::answered, 9s});
    CHECK(tell_order(round) == "answered: second, first");
}

// --- how it looks ---

TEST_CASE("at 80 columns one sees who waits for whom", "[play][view]") {
    Round round = round_of({first_head, second_head, second_body});
    round.looked(asleep_on_first(103));
    CHECK(screen({blocking, round, 4200ms}, 80, 24) ==
          R"( 01_blocking: who waits for whom?                               round 1   4.2 s

┌─ 1 FIRST CLIENT ────┐     ┌─ SERVER 01 ──────────┐     ┌─ 2 SECOND CLIENT ───┐
│      HEAD SENT      │     │   WAITS FOR FIRST    │     │      BODY SENT      │
│ holds back its body │waits│ with its only thread │     │waits for its answer │
│      for 4.2 s      │◄━━━━│                      │     │      for 1.7 s      │
│ ✓ head sent         │     │ threads, asleep in:  │     │ ✓ head sent         │
│ · body sent         │     │ 1 recv()       first │waits│ ✓ body sent         │
│ · answered          │     │                      │◄━━━━│ · answered          │
│                     │     │                      │     │ 103 bytes unread    │
│                     │     │                      │     │ not accepted yet    │
└─────────────────────┘     └──────────────────────┘     └─────────────────────┘

  The second has sent everything and waits: the server's only thread is asleep
  in recv() on the first. 103 bytes lie unread, until you press 1.


          0 s          1 s          2 s          3 s          4 s          5 s
  first   H──────────────────────────────────────────────────────
  second                     H────────────B━━━━━━━━━━━━━━━━━━━━━━
          H head   B body   ✓ answer     ─ holds back     ━ waits for its answer
  answered: nobody

 [1] first: send body  [r] new round  [?] help  [q] quit
)");
}

TEST_CASE("at 80 columns one sees the second overtake, in ASCII too", "[play][view]") {
    Round round = round_of({first_head, second_head, second_body, second_answer});
    round.looked(asleep_for_anyone());
    CHECK(screen({coroutines, round, 6000ms}, 80, 24, false) ==
          R"( 05_coroutines: who waits for whom?                             round 1   6.0 s

+- 1 FIRST CLIENT ----+     +- SERVER 05 ----------+     +- 2 SECOND CLIENT ---+
|      HEAD SENT      |     |   WAITS FOR ANYONE   |     |      ANSWERED       |
| holds back its body |     | with its only thread |     |      {"pk": 1}      |
|      for 6.0 s      |<....|                      |     |     after 4 ms      |
| * head sent         |     | threads, asleep in:  |     | * head sent         |
| . body sent         |     | 1 epoll_wait() anyone|     | * body sent         |
| . answered          |     |                      |     | * answered          |
|                     |     |                      |     |                     |
|                     |     |                      |     |                     |
+---------------------+     +----------------------+     +---------------------+

  The second came later and is answered first: it has overtaken. The first's
  request is suspended: no thread is asleep for it, and whoever comes is
  heard.

          0 s       1 s        2 s        3 s        4 s        5 s        6 s
  first   H-----------------------------------------------------------------
  second                  H----------B*
          H head   B body   * answer     - holds back     = waits for its answer
  answered: second

 [1] first: send body  [r] new round  [?] help  [q] quit
)");
}

TEST_CASE("a tall screen lists what happened", "[play][view]") {
    const Round round = round_of({first_head, second_head, second_body, second_answer});
    const std::string text = screen({coroutines, round, 6000ms}, 120, 40);
    CHECK_THAT(text, ContainsSubstring("  2.5 s  the second is answered: {\"pk\": 1}\n"));
    CHECK_THAT(screen({coroutines, round, 6000ms}, 80, 24),
               !ContainsSubstring("the second is answered: {"));
}

TEST_CASE("every size of a terminal can be drawn", "[play][view]") {
    Round round = round_of({first_head, second_head, second_body});
    round.looked(asleep_on_first(103));
    for (int columns = 1; columns < 200; columns += 7)
        for (int rows = 1; rows < 60; ++rows) {
            const Canvas canvas = draw({blocking, round, 400s}, columns, rows);
            REQUIRE(canvas.columns() == columns);
            REQUIRE(canvas.rows() == rows);
        }
    CHECK_THAT(screen({blocking, round, 1s}, 60, 20), ContainsSubstring("80x24"));
}

TEST_CASE("the help fits on the smallest screen", "[play][view]") {
    CHECK_THAT(screen({blocking, Round{}, 0ms, 1, true}, least_columns, least_rows),
               ContainsSubstring("Any key goes back."));
}

TEST_CASE("without colours a line has none, and with them it ends without",
          "[play][canvas]") {
    Canvas canvas(6, 1);
    canvas.put(0, 0, "ab", Ink::holds);
    CHECK(canvas.coloured(0, {true, true}) == "\x1b[0;1;30;103mab\x1b[0m    ");
    CHECK(canvas.coloured(0, {true, false}) == "\x1b[0;1;7mab\x1b[0m    ");
}

TEST_CASE("what is beside the canvas is cut off", "[play][canvas]") {
    Canvas canvas(4, 1);
    canvas.put(2, 0, "abcdef");
    canvas.put(0, 1, "below");
    canvas.put(-1, 0, "xy");
    CHECK(canvas.text(0) == "y ab");
}

TEST_CASE("a server cannot send control characters to the screen", "[play][canvas]") {
    Canvas canvas(12, 1);
    canvas.put(0, 0, "a\x1b[2Jb\x7f");
    canvas.put(8, 0, "\xC3");
    CHECK(canvas.text(0) == "a?[2Jb? ?");
}

TEST_CASE("text is broken between words", "[play][canvas]") {
    CHECK(wrap("", 10) == std::vector<std::string>{""});
    CHECK(wrap("one two three", 7) == std::vector<std::string>{"one two", "three"});
    CHECK(wrap("one incomprehensible", 5) ==
          std::vector<std::string>{"one", "incomprehensible"});
}

// --- keys and words ---

TEST_CASE("keys are read, also from escape sequences", "[play][keys]") {
    std::string bytes = "1a2br?q\x03z\x1b[D\x1b[C\x1bOD\x1b[A\x1b[1;5D";
    CHECK(take_keys(bytes) == std::vector{Key::first, Key::first, Key::second, Key::second,
                                          Key::new_round, Key::help, Key::quit, Key::quit,
                                          Key::unknown, Key::first, Key::second, Key::first,
                                          Key::unknown, Key::unknown});
    CHECK(bytes.empty());
}

TEST_CASE("an escape sequence may come in pieces", "[play][keys]") {
    std::string bytes = "\x1b";
    CHECK(take_keys(bytes).empty());
    bytes += "[";
    CHECK(take_keys(bytes).empty());
    bytes += "D1";
    CHECK(take_keys(bytes) == std::vector{Key::first, Key::first});
}

TEST_CASE("a script is read", "[play][script]") {
    CHECK(parse_script(" 1 2=waiting\n2 1=answered ") ==
          std::vector<Step>{{Who::first, Step::Kind::press},
                            {Who::second, Step::Kind::waiting},
                            {Who::second, Step::Kind::press},
                            {Who::first, Step::Kind::answered}});
}

TEST_CASE("a wrong script is refused", "[play][script]") {
    const std::string text =
        GENERATE(as<std::string>{}, "", "3", "1 x", "1=gone", "12", "1 1 1", "=answered");
    CHECK_THROWS_AS(parse_script(text), std::invalid_argument);
}

// --- what /proc says ---

#if defined(__linux__) && !defined(SIX_PORTABLE)
TEST_CASE("one sees what the other end of a connection has not read", "[play][observe]") {
    const six::UniqueFd listener = six::listen_on("127.0.0.1", 0);
    six::testing::Client client{{"127.0.0.1", six::local_port(listener.get())}};
    CHECK(find_other_end(client.fd()) == OtherEnd{0, 0, 0});
    client.send("hello");
    CHECK(find_other_end(client.fd()) == OtherEnd{5, 0, 0});

    six::UniqueFd accepted = six::accept_client(listener.get(), six::Mode::blocking);
    struct stat about {};
    REQUIRE(::fstat(accepted.get(), &about) == 0);
    CHECK(find_other_end(client.fd()) == OtherEnd{5, 0, about.st_ino});
    std::array<char, 3> some{};
    REQUIRE(six::receive(accepted.get(), some) == 3);
    CHECK(find_other_end(client.fd()) == OtherEnd{2, 0, about.st_ino});

    CHECK_FALSE(hides_sockets(client.fd()));
    accepted.close();
    CHECK_FALSE(hides_sockets(client.fd()));
    CHECK_FALSE(find_other_end(client.fd()).has_value());
    CHECK_FALSE(find_other_end(-1).has_value());
}
#endif

TEST_CASE("a thread's system call is read", "[play][observe]") {
    CHECK(parse_system_call("running") == SystemCall{Call::running, -1});
    CHECK(parse_system_call("-1 0x7ffc6f774128 0x7fc736928929") ==
          SystemCall{Call::other, -1});
    CHECK_FALSE(parse_system_call(""));
#if defined(__linux__) && defined(__x86_64__) && !defined(SIX_PORTABLE)
    CHECK(parse_system_call("45 0x4 0x7fc73638fef0 0xa 0x0 0x0 0x0 0x7ffc 0x7fc7") ==
          SystemCall{Call::recv, 4});
    CHECK(parse_system_call("232 0x4 0x7ff0 0x40 0xffffffffffffffff 0x0 0x8 0x7f 0x7f") ==
          SystemCall{Call::epoll_wait, -1});
#endif
}

TEST_CASE("there is no chapter 07", "[play]") {
    CHECK(find_server("05").name == "05_coroutines");
    CHECK_THROWS_AS(find_server("07"), std::invalid_argument);
    CHECK_THROWS_AS(find_server("0"), std::invalid_argument);
    CHECK_THROWS_AS(find_server(""), std::invalid_argument);
}
