#include "bench/progress.hpp"

#include <algorithm>

#include "common/testing/catch.hpp"

using namespace six::bench;

namespace {

constexpr Screen ascii{true, false, 80};
constexpr Screen unicode{true, true, 80};

std::string line(int in_service, int outside, Screen screen = ascii) {
    Moment moment;
    moment.in_service = in_service;
    moment.outside = outside;
    moment.saved = 12'345;
    return bar_line("02 pool of 64", moment, 5'000, screen);
}

auto count(const std::string& text, char character) {
    return std::count(text.begin(), text.end(), character);
}

}  // namespace

TEST_CASE("the bar is full when everybody is served", "[bench][progress]") {
    const auto full = count(line(5'000, 0), '#');
    CHECK(full >= 30);
    CHECK(count(line(2'500, 0), '#') < full);
    CHECK(count(line(2'500, 0), '#') > full / 3);
    CHECK(count(line(9'000, 0), '#') == full);
}

TEST_CASE("one client of thousands is still seen", "[bench][progress]") {
    CHECK(count(line(1, 4'999), '#') == 1);
    CHECK(count(line(0, 1), '#') == 0);
    CHECK(count(line(0, 1), '.') == 1);
}

TEST_CASE("those in line fill the rest of the bar, and no more", "[bench][progress]") {
    const auto full = count(line(5'000, 0), '#');
    CHECK(count(line(64, 9'000), '.') == full - 1);
    CHECK(count(line(5'000, 3'000), '.') == 0);
}

TEST_CASE("a line fits its screen, whatever the figures", "[bench][progress]") {
    for (const int clients : {0, 1, 5'000, 28'000}) {
        CHECK(line(clients, clients).size() < 80);
        CHECK(line(clients, clients, {true, false, 120}).size() < 120);
    }
    CHECK(line(5'000, 0, unicode).find('#') == std::string::npos);
}

TEST_CASE("a load is described in one line of 80 columns", "[bench][progress]") {
    Load closed = large_load();
    closed.loop = Load::Loop::closed;
    for (const Load& load : {small_load(), large_load(), quick(large_load()), closed}) {
        INFO(describe(load));
        CHECK(describe(load).size() <= 80);
    }
}
