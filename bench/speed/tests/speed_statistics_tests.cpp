#include "bench/speed/contestants.hpp"
#include "bench/speed/counts.hpp"
#include "bench/speed/results.hpp"
#include "bench/speed/rounds.hpp"
#include "bench/speed/statistics.hpp"
#include "bench/speed/tables.hpp"
#include "bench/speed/tests/lines.hpp"
#include "bench/tests/approx.hpp"
#include "common/testing/catch.hpp"

using namespace six::speed;
using namespace std::chrono_literals;

namespace {

Tally tally_of(std::uint64_t answered) {
    Tally tally;
    tally.answered = answered;
    tally.time = 1s;
    tally.own_cpu = 0.5s;
    tally.server_cpu = 1s;
    tally.latency.record(100us);
    return tally;
}

Round round_of(const std::vector<std::uint64_t>& answered, double others_share = 0) {
    Round round;
    for (const std::uint64_t count : answered) round.tallies.push_back(tally_of(count));
    round.failures.resize(answered.size());
    round.others_share = others_share;
    return round;
}

Match match_of(const std::vector<std::string>& keys) {
    Match match;
    match.what = "health";
    match.connections = 64;
    match.base = keys.front();
    for (const std::string& key : keys) {
        match.rows.emplace_back();
        match.rows.back().key = key;
        match.rows.back().name = key;
    }
    return match;
}

}  // namespace

TEST_CASE("quartiles are values, or lie between two", "[bench][speed]") {
    CHECK(quartiles_of({}) == Quartiles{0, 0, 0});
    CHECK(quartiles_of({7}) == Quartiles{7, 7, 7});
    CHECK(quartiles_of({5, 1, 4, 2, 3}) == Quartiles{2, 3, 4});
    CHECK(quartiles_of({1, 2, 3, 4}) == Quartiles{1.75, 2.5, 3.25});
}

TEST_CASE("ratios are taken round by round", "[bench][speed]") {
    // The machine was twice as fast in the second round: the ratio does not notice.
    CHECK(ratios_of({90, 180}, {100, 200}) == std::vector<double>{0.9, 0.9});
    CHECK(ratios_of({1, 2, 3}, {2, 0, 2}) == std::vector<double>{0.5, 1.5});
    CHECK(ratios_of({1}, {}).empty());
}

TEST_CASE("each round begins with another server, and has them all", "[bench][speed]") {
    CHECK(order_of(3, 0) == std::vector<std::size_t>{0, 1, 2});
    CHECK(order_of(3, 1) == std::vector<std::size_t>{1, 2, 0});
    CHECK(order_of(3, 5) == std::vector<std::size_t>{2, 0, 1});
}

TEST_CASE("the quietest rounds count, in the order of time", "[bench][speed]") {
    const Rounds chosen = quietest({round_of({1}, 0.01), round_of({2}, 0.30),
                                    round_of({3}, 0.06), round_of({4}, 0.02)},
                                   {3, 0.05});
    REQUIRE(chosen.rounds.size() == 3);
    CHECK(chosen.rounds[0].tallies[0].answered == 1);
    CHECK(chosen.rounds[1].tallies[0].answered == 3);
    CHECK(chosen.rounds[2].tallies[0].answered == 4);
    CHECK(chosen.repeated == 1);
    CHECK(chosen.noisy == 1);
}

TEST_CASE("a server that fails in a round doesn't end the others", "[bench][speed]") {
    const auto no_time = [] { return 0ns; };
    const Entrant good{[] { return tally_of(5); }, no_time};
    const Entrant bad{[]() -> Tally { throw std::runtime_error("gone"); }, no_time};
    constexpr double any_noise = 1e9;  // a tick of the clock is much in so short a round
    int looks = 0;
    const Rounds rounds = play({bad, good}, {2, any_noise}, [&](std::size_t) { ++looks; });
    REQUIRE(rounds.rounds.size() == 2);
    CHECK(looks == 4);
    CHECK(rounds.rounds[0].failures[0] == "gone");
    CHECK(rounds.rounds[1].tallies[1].answered == 5);
}

TEST_CASE("a noisy round is repeated, but not for ever", "[bench][speed]") {
    const Entrant entrant{[] { return tally_of(1); }, [] { return 0ns; }};
    int looks = 0;
    const Rounds rounds = play({entrant}, {3, -1.0}, [&](std::size_t) { ++looks; });
    CHECK(looks == 6);
    CHECK(rounds.rounds.size() == 3);
    CHECK(rounds.noisy == 3);
}

TEST_CASE("a row has its ratio to the base, and that of 06 to it", "[bench][speed]") {
    Match match = match_of({"limit", "04", "06"});
    Rounds rounds;
    rounds.rounds = {round_of({200, 100, 180}), round_of({400, 200, 360})};
    add_figures(match, rounds);
    CHECK(match.rows[1].per_second == Approx(150));
    CHECK(match.rows[1].to_base.median == Approx(0.5));
    REQUIRE(match.rows[1].from_06);
    CHECK(match.rows[1].from_06->median == Approx(1.8));
    CHECK(match.rows[0].p99_us == Approx(100));
    CHECK(match.rows[0].generator_share == Approx(0.5));
    CHECK_FALSE(match.rows[0].generator_was_busy());
}

TEST_CASE("a row has its CPU time for a request beside the base's", "[bench][speed]") {
    Match match = match_of({"limit", "04"});
    Rounds rounds;
    // The machine was twice as fast in the second round: the ratio does not notice.
    rounds.rounds = {round_of({1'000'000, 500'000}), round_of({2'000'000, 1'000'000})};
    add_figures(match, rounds);
    CHECK(match.rows[0].server_us == Approx(0.75));
    CHECK(match.rows[0].us_to_base == Quartiles{1, 1, 1});
    CHECK(match.rows[1].server_us == Approx(1.5));
    CHECK(match.rows[1].us_to_base == Quartiles{2, 2, 2});
}

TEST_CASE("the tables of the benchmark fit 80 columns, with large figures too",
          "[bench][speed]") {
    Match match = match_of({"limit", "Flask, gunicorn1", "06"});
    Rounds rounds;
    rounds.rounds = {round_of({1'234'567, 12, 999'999}), round_of({999'999, 14, 9'999})};
    rounds.noisy = 2;
    add_figures(match, rounds);
    match.rows[1].p99_us = 2'345'678;
    match.rows[1].refused = 1'000'000;
    match.rows[2].generator_share = 0.99;
    match.rows.emplace_back();
    match.rows.back().missing = std::string(100, 'x');
    const auto lines = table_of(match);
    for (const std::string& line : lines) {
        INFO(line);
        CHECK(line.size() <= 80);
    }
    CHECK(contains(lines, "1,000,000 answers were no 200"));
    CHECK(contains(lines, "99%*"));
    CHECK(contains(lines, "compare the CPU time"));
    CHECK(contains(lines, "2 of 2 rounds stayed noisy"));
    CHECK_FALSE(contains(lines, "on both cores"));
}

TEST_CASE("the table of loops says who else is on their two cores", "[bench][speed]") {
    Match match = match_of({"06x1", "06x2"});
    match.what = "loops";
    const auto lines = table_of(match);
    for (const std::string& line : lines) CHECK(line.size() <= 80);
    CHECK(contains(lines, "the load generator is on both cores, too"));
}

TEST_CASE("the reports of callgrind and strace are understood", "[bench][speed]") {
    CHECK(instructions_in("events: Ir\nsummary: 123456\n\nfn=x\n") == 123456);
    CHECK(instructions_in("events: Ir\n1 2\ntotals: 77\n") == 77);
    CHECK_FALSE(instructions_in("nothing"));
    const std::string calls =
        "events: Ir\nfn=(1) serve\n0 5\n"
        "cfn=(2) pthread_mutex_lock@@GLIBC_2.2.5\ncalls=3 0 \n0 9\n"
        "cfn=(3) __pthread_mutex_cond_lock\ncalls=100 0 \n0 9\n"
        "fn=(4) pthread_mutex_trylock\n0 5\ncfn=(1)\ncalls=1000 0 \n0 9\n"
        "fn=(1)\ncob=(7)\ncfi=(8)\ncfn=(4)\ncalls=20 0 \n0 9\ncfn=(2)\ncalls=1 0 \n0 9\n";
    CHECK(locks_in(calls + "totals: 77\n") == 24);
    CHECK(locks_in("events: Ir\ntotals: 77\n") == 0);
    CHECK_FALSE(locks_in("nothing"));
    const char* table =
        "% time     seconds  usecs/call     calls    errors syscall\n"
        "------ ----------- ----------- --------- --------- ----------------\n"
        " 60.00    0.000120           1       100        10 recvfrom\n"
        " 40.00    0.000080           1        50           sendto\n"
        "------ ----------- ----------- --------- --------- ----------------\n"
        "100.00    0.000200                   150        10 total\n";
    CHECK(calls_in(table) == 150);
    CHECK_FALSE(calls_in("strace: no\n"));
}

TEST_CASE("a gate that is broken, or not counted, is a line", "[bench][speed]") {
    std::vector<Count> counts{{"04", "", "", 1000, 1100, 2.02, 3, 0},
                              {"05", "", "", 1300, 1300, 2.02, 3, 0},
                              {"on_asio", "", "", 3000, {}, 2.05, 4, 2},
                              {"06", "", "", 1900, 1900, 2.03, 3, 0.001}};
    CHECK(broken_gates(counts).empty());
    counts[0].at_1024 = 1200;
    counts[1].instructions = 1500;
    counts[3].calls_at_1 = 4;
    counts[3].locks = 1;
    REQUIRE(broken_gates(counts).size() == 4);
    CHECK(contains(broken_gates(counts),
                   "05: instructions per request times the usual ones of 04"));
    CHECK(contains(broken_gates(counts), "04: instructions at 1,024 connections"));
    CHECK(contains(broken_gates(counts), "06: mutexes taken per request are 1.00"));
    CHECK(broken_gates({}).size() == 9);
}
