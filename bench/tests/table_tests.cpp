#include "bench/table.hpp"

#include <algorithm>

#include "bench/tests/samples.hpp"
#include "common/testing/catch.hpp"

using namespace six::bench;

namespace {

std::size_t widest(const std::vector<std::string>& lines) {
    std::size_t width = 0;
    for (const std::string& line : lines) width = std::max(width, line.size());
    return width;
}

bool contains(const std::vector<std::string>& lines, const std::string& text) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.find(text) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("columns are as wide as they must be, figures flush right", "[bench][table]") {
    const Table table{{{"", "a", "long head"}}, {{"name", "1", "2"}, {"n", "1,234", "5"}}};
    CHECK(lay_out(table, 2) == std::vector<std::string>{"          a  long head",  //
                                                        "----------------------",  //
                                                        "name      1          2",  //
                                                        "n     1,234          5"});
}

TEST_CASE("a server without figures has its reason in the row", "[bench][table]") {
    const Table table{{{"", "a", "b"}},
                      {{"one", "1", "2"}, {"two", "it is not there at all"}}};
    const auto lines = lay_out(table, 2);
    CHECK(lines[2] == "one  1  2");
    CHECK(lines[3] == "two  it is not there at all");
}

TEST_CASE("the tables fit 80 columns, with large figures too", "[bench][table]") {
    Results results = some_results();
    Result large = thread_each();
    large.name = "06 full server";
    large.at_once = 28'000;
    large.served = 0;
    large.counted = 28'000;
    large.threads = 28'001;
    large.requests_per_second = 99'999;
    large.latency = {{50, 12'345}, {99, 12'345}};
    large.cpu_ms_per_request = 12.345;
    results.loads[0].servers.insert(results.loads[0].servers.begin(), large);
    CHECK(widest(measured_table(results.loads[0])) <= 80);
    CHECK(widest(bill_table(results, {})) <= 80);
    CHECK(widest(remarks(results.loads[0])) <= 80);
    CHECK(widest(formula({})) <= 80);
}

TEST_CASE("who was never served is never hidden", "[bench][table]") {
    const LoadResults results{large_load(), {one_at_a_time()}};
    const std::string row = measured_table(results).back();
    CHECK(row.find("2,999") != std::string::npos);
    CHECK(row.find("never") != std::string::npos);
    CHECK(contains(remarks(results), "2,999 of 3,000 never served"));
}

TEST_CASE("what resident memory hides is said", "[bench][table]") {
    const LoadResults results{large_load(), {thread_each()}};
    CHECK(contains(remarks(results), "stacks in the kernel"));
    CHECK_FALSE(
        contains(remarks({large_load(), {one_at_a_time()}}), "stacks in the kernel"));
}

TEST_CASE("figures that other programs have disturbed say so", "[bench][table]") {
    Result disturbed = thread_each();
    CHECK_FALSE(contains(remarks({large_load(), {disturbed}}), "other programs"));
    disturbed.others_share = 0.4;
    CHECK(contains(remarks({large_load(), {disturbed}}), "other programs"));
}

TEST_CASE("the shares of waiting come from the load that was traced", "[bench][table]") {
    Results results = some_results();
    results.loads.push_back(results.loads[0]);
    for (Result& server : results.loads[1].servers) server.shares.reset();
    CHECK(contains(bill_table(results, {}), "99.80%"));
    results.loads[0].servers[1].shares->client = 12.5;
    CHECK(contains(bill_table(results, {}), "12.50%"));
    for (Result& server : results.loads[0].servers) server.shares.reset();
    CHECK_FALSE(contains(bill_table(results, {}), "99.80%"));
}
