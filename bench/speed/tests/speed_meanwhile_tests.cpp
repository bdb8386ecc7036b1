// Who asks while others save: the rounds, and what is made of them.
#include "bench/speed/meanwhile.hpp"

#include <algorithm>

#include "bench/speed/tables.hpp"
#include "bench/speed/tests/lines.hpp"
#include "bench/tests/approx.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/temporary_directory.hpp"

using namespace six::speed;
using six::testing::TemporaryDirectory;
using namespace std::chrono_literals;

namespace {

Tally answers_after(std::chrono::microseconds latency, std::uint64_t answered = 1) {
    Tally tally;
    tally.answered = answered;
    tally.time = 1s;
    tally.latency.record(latency);
    return tally;
}

MeanwhileTurn turn_of(std::chrono::microseconds asked, std::uint64_t saved) {
    return {answers_after(10us), answers_after(asked), answers_after(1us, saved)};
}

Contestant contestant_named(const std::string& key) {
    for (const Contestant& one : all_contestants())
        if (one.key == key) return one;
    throw std::invalid_argument(key);
}

/// In short rounds, however noisy. What is told goes to `lines`.
std::vector<Meanwhile> ask_briefly(const std::vector<Contestant>& contestants,
                                   std::vector<std::string>& lines) {
    const TemporaryDirectory folder;
    Workshop workshop;
    workshop.programs = std::filesystem::path(SIX_BENCH_PATH).parent_path();
    workshop.work = folder.path();
    constexpr double any_noise = 1e9;
    return ask_while_saving(
        contestants, workshop,
        {200ms, {2, any_noise}, [&](const std::string& line) { lines.push_back(line); }});
}

}  // namespace

TEST_CASE("who asks while others save has the median and quartiles of the rounds",
          "[bench][speed]") {
    Meanwhile row;
    add_figures(row, {turn_of(50us, 100), turn_of(30us, 900), turn_of(40us, 200)});
    CHECK(row.rounds == 3);
    CHECK(row.posts_per_second == Approx(200));
    CHECK(row.p50_us == Quartiles{35, 40, 45});
    CHECK(row.p99_us == Quartiles{35, 40, 45});
    CHECK(row.alone_p50_us == Quartiles{10, 10, 10});
    CHECK(row.alone_p99_us == Quartiles{10, 10, 10});
}

TEST_CASE("each round asks every server that saves", "[bench][speed]") {
    std::vector<std::string> lines;
    const auto rows = ask_briefly(
        {contestant_named("06"), contestant_named("04"), contestant_named("06_loop")},
        lines);
    REQUIRE(rows.size() == 2);  // 04 is not there for it
    for (const Meanwhile& row : rows) {
        CHECK(row.missing.empty());
        CHECK(row.rounds == 2);
        CHECK(row.posts_per_second > 0);
        CHECK(row.p50_us.low > 0);
    }
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("start"); });
    REQUIRE(lines.size() == 4);
    for (std::size_t i = 0; i < lines.size(); ++i)
        CHECK(lines[i] == "GET /health while others save: round " +
                              std::to_string(i / 2 + 1) + " of 2");
}

TEST_CASE("a server that can't save has its reason, and the others are asked",
          "[bench][speed]") {
    Contestant gone = contestant_named("06");
    gone.program = "no_such_program";
    std::vector<std::string> lines;
    const auto rows = ask_briefly({gone, contestant_named("06_loop")}, lines);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].key == "06_loop");
    CHECK(rows[0].p99_us.median > 0);
    CHECK(rows[1].missing == "it has not been built: no_such_program");
}

TEST_CASE("the table of who asks while others save fits 80 columns", "[bench][speed]") {
    Meanwhile row{.key = "03_loop", .name = "03, saves on the loop"};
    row.rounds = 7;
    row.noisy = 2;
    row.posts_per_second = 123'456;
    row.p50_us = row.alone_p50_us = {10'234, 10'751, 11'999};
    row.p99_us = row.alone_p99_us = {201'234, 235'510, 2'399'999};
    Meanwhile gone = row;
    gone.missing = std::string(100, 'x');
    const auto lines = table_of(std::vector<Meanwhile>{row, gone});
    for (const std::string& line : lines) {
        INFO(line);
        CHECK(line.size() <= 80);
    }
    CHECK(contains(lines, "11 (10-12)"));
    CHECK(contains(lines, "123,456"));
    CHECK(contains(lines, "two threads on the load generator's one core"));
    CHECK(contains(lines, "2 rounds stayed noisy"));
}
