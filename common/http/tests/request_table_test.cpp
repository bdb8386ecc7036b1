// Each raw request of the table gets its outcome, however its bytes were cut on their way.
#include "common/http/tests/request_table.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/tests/outcome.hpp"
#include "common/testing/catch.hpp"

using namespace six::http;

namespace {

// Every position; of the few requests that are very long a sample, and all near their ends.
std::vector<std::size_t> positions(std::size_t size) {
    constexpr std::size_t very_long = 2000;
    constexpr std::size_t near = 64;
    constexpr std::size_t step = 997;
    std::vector<std::size_t> chosen;
    for (std::size_t at = 0; at <= size; ++at) {
        const bool near_end = at < near || at + near > size;
        if (size < very_long || near_end || at % step == 0) chosen.push_back(at);
    }
    return chosen;
}

void check_all_cuts(const std::string& bytes, const Outcome& expected) {
    CHECK(outcome_of(single_bytes(bytes)) == expected);
    for (const auto at : positions(bytes.size())) {
        const auto view = std::string_view(bytes);
        const auto outcome = outcome_of({view.substr(0, at), view.substr(at)});
        if (outcome == expected) continue;  // CHECK is slow, and there are many
        INFO("cut at " << at);
        REQUIRE(outcome == expected);
    }
}

}  // namespace

TEST_CASE("the table has many requests, each with a name of its own", "[http][table]") {
    std::vector<std::string> names;
    for (const auto& row : raw::request_table()) names.push_back(row.name);
    std::sort(names.begin(), names.end());
    CHECK(names.size() >= 200);
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

TEST_CASE("each request of the table gets its outcome", "[http][table]") {
    for (const auto& row : raw::request_table()) {
        INFO(row.name);
        RequestParser parser;
        parser.receive(row.bytes);
        parser.begin_body();
        if (row.status == 200) {
            REQUIRE(parser.state() == RequestParser::State::complete);
            CHECK(parser.head().path == row.path);
            CHECK(parser.head().keep_alive == row.keep_alive);
            CHECK(parser.take_body() == row.body);
            CHECK(!parser.has_leftover());
        } else {
            REQUIRE(parser.state() == RequestParser::State::refused);
            CHECK(parser.error().status() == row.status);
        }
    }
}

TEST_CASE("the outcome does not depend on how the bytes are cut", "[http][table]") {
    for (const auto& row : raw::request_table()) {
        INFO(row.name);
        const auto expected = outcome_of({row.bytes});
        REQUIRE(expected.size() == 1);
        check_all_cuts(row.bytes, expected);
    }
}

TEST_CASE("two requests in a row have the outcomes of both", "[http][table]") {
    const auto first = raw::chunked("5\r\nhello\r\n0\r\nA: 1\r\n\r\n");
    for (const auto& row : raw::request_table()) {
        INFO(row.name);
        auto expected = outcome_of({first});
        const auto second = outcome_of({row.bytes});
        expected.insert(expected.end(), second.begin(), second.end());
        check_all_cuts(first + row.bytes, expected);
    }
}

TEST_CASE("a request is not changed by what follows it", "[http][table]") {
    for (const auto& row : raw::request_table()) {
        if (row.status != 200) continue;
        INFO(row.name);
        const auto once = outcome_of({row.bytes});
        check_all_cuts(row.bytes + row.bytes, {once[0], once[0]});
        check_all_cuts(row.bytes + "X: 1\r\n", {once[0], outcome_of({"X: 1\r\n"})[0]});
    }
}
