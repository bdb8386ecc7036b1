// Who waits, the price of a coroutine, growth: what of it is no measuring, and a moment of
// what is.
#include <unistd.h>

#include <vector>

#include "05_coroutines/frame_pool.hpp"
#include "bench/speed/growth.hpp"
#include "bench/speed/holding.hpp"
#include "bench/speed/part_tables.hpp"
#include "bench/speed/prices.hpp"
#include "bench/speed/tests/lines.hpp"
#include "bench/speed/waits.hpp"
#include "bench/tests/approx.hpp"
#include "bench/tests/page_scripts.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/skip.hpp"

using namespace six::speed;
using namespace std::chrono_literals;

namespace {

void check_width(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
        INFO(line);
        CHECK(line.size() <= 80);
    }
}

Row row_of(const std::string& key, double per_second, double server_us) {
    Row row;
    row.key = key;
    row.name = key == "02" ? "02, 8,192 threads" : "05 coroutines";
    row.per_second = per_second;
    row.p50_us = 435'000;
    row.p99_us = 3'350'000;
    row.server_share = 1.004;
    row.server_us = server_us;
    row.us_to_base = {server_us / 50, server_us / 50, server_us / 50};
    row.generator_share = 1;
    return row;
}

Match waits() {
    Match match;
    match.what = "waits";
    match.connections = 8'000;
    match.pause_ms = 50;
    match.rounds = 3;
    match.base = "02";
    match.connected_anew = true;
    match.rows = {row_of("02", 20'000, 50), row_of("05", 120'000, 12.5)};
    return match;
}

}  // namespace

TEST_CASE("the benchmark's page is JavaScript, too", "[bench][speed]") {
    six::bench::check_scripts(page({}));
}

TEST_CASE("a hesitant POST is a whole one with a pause in it", "[bench][speed]") {
    const Question question = hesitant_post();
    CHECK(question.head + question.body == post_request());
    CHECK(question.head.ends_with("\r\n\r\n"));
    CHECK(question.body.size() == 200);
    CHECK(question.pause == 50ms);
}

TEST_CASE("a thread waits for each client, or one loop for all", "[bench][speed]") {
    const auto waiters = waiters_among(all_contestants(), 8'000);
    REQUIRE(waiters.size() == 5);
    CHECK(waiters[0].key == "limit");
    CHECK(waiters[1].name == "02, 8,192 threads");
    CHECK(contains(waiters[1].arguments, "8192"));
    CHECK(waiters_among(all_contestants(), 1'000)[1].name == "02, 1,024 threads");
    CHECK(waiters_among(all_contestants(), 50'000)[1].name == "02, 10,000 threads");
    for (const Contestant& one : waiters) {
        if (one.key == "limit") continue;
        CHECK(contains(one.arguments, ":memory:"));
        CHECK_FALSE(contains(one.arguments, "{database}"));
    }
    CHECK(waiters_among({}, 1).empty());
}

TEST_CASE("rates are told beside their ceiling, and the CPU beside that of threads",
          "[bench][speed]") {
    CHECK(waits().ceiling() == Approx(160'000));
    const auto lines = table_of_waits(waits());
    check_width(lines);
    CHECK(contains(lines, "75%"));   // of the ceiling
    CHECK(contains(lines, "0.25"));  // of the threads' CPU
    CHECK(contains(lines, "connected anew"));
    CHECK(contains(lines, "100%*"));  // of the generator's core
}

TEST_CASE("the tables of memory and of growth fit 80 columns", "[bench][speed]") {
    Holding threads;
    threads.name = "02 threads";
    threads.connections = 10'000;
    threads.idle.user.median = 14'280;
    threads.idle.kernel.median = 36'236;
    Holding gone = threads;
    gone.missing = std::string(100, 'x');
    check_width(table_of(std::vector<Holding>{threads, gone}));

    Match match = waits();
    match.rows.push_back(match.rows.back());
    match.rows[0].name = "02 threads";
    match.rows[1].name = "04 event loop";
    match.rows[2].name = "06 full server";
    const auto lines = table_of_growth({match, Match{}});
    check_width(lines);
    CHECK(contains(lines, "120,000"));

    const Quartiles wide{123'456, 123'456, 123'456};
    check_width(table_of(std::vector<TimerCost>{{1'000'000, wide, wide, wide}}));
    const auto prices = table_of(std::vector<Price>{
        {"a thread started and joined", "g++", {23'897, 24'401, 24'525}},
        {"a child awaited, frame from malloc", "clang++", {12.8, 13.4, 13.7}}});
    check_width(prices);
    CHECK(contains(prices, "13.4 (12.8-13.7)"));
}

TEST_CASE("a program's prices are its lines with a tab", "[bench][speed]") {
    CHECK(price_lines_in("a call\t1.5\nnoise\na thread\t20400\n") ==
          std::vector<PriceLine>{{"a call", 1.5}, {"a thread", 20400}});
    CHECK(price_lines_in("").empty());
}

TEST_CASE("memory that is touched is seen", "[bench][speed]") {
    SIX_NEEDS_MEMORY_FIGURES();
    const double before = memory_of(::getpid()).user;
    const std::vector<char> much(std::size_t{64} << 20, 'x');
    const Memory after = memory_of(::getpid());
    CHECK(after.user - before > 60e6);
    CHECK(after.kernel > 0);
}

TEST_CASE("as many timers are armed as are asked for", "[bench][speed]") {
    const TimerCost cost = cost_of_timers(10, 2);
    CHECK(cost.armed == 10);
    CHECK(cost.arm_and_cancel.median > 0);
    CHECK(cost.arm_and_fire.median > 0);
}
