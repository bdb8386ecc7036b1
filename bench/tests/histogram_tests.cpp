#include "bench/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "common/testing/catch.hpp"

using namespace std::chrono_literals;
using six::bench::Histogram;

namespace {

/// Latencies as they come: most of them short, a few very long.
std::vector<Histogram::Microseconds> some_latencies(std::size_t count) {
    std::mt19937 random(7);
    std::lognormal_distribution<double> distribution(7.0, 2.0);
    std::vector<Histogram::Microseconds> result;
    for (std::size_t i = 0; i < count; ++i)
        result.emplace_back(static_cast<std::int64_t>(distribution(random)));
    return result;
}

}  // namespace

TEST_CASE("an empty histogram has no greatest value and no percentiles",
          "[bench][histogram]") {
    const Histogram empty;
    CHECK(empty.count() == 0);
    CHECK(empty.max() == 0us);
    CHECK(empty.percentile(50) == 0us);
}

TEST_CASE("a percentile is never too low and at most 1.6 % too high",
          "[bench][histogram]") {
    std::vector<Histogram::Microseconds> values = some_latencies(10'000);
    Histogram histogram;
    for (const auto value : values) histogram.record(value);
    std::sort(values.begin(), values.end());
    for (const double percent : {0.01, 1.0, 10.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
        const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * 10'000));
        const auto exact = values[rank - 1].count();
        const auto told = histogram.percentile(percent).count();
        INFO(percent << " %: " << exact << " us, told " << told);
        CHECK(told >= exact);
        CHECK(64 * (told - exact) <= exact);
    }
}

TEST_CASE("up to 128 microseconds every value is told exactly", "[bench][histogram]") {
    for (int value = 0; value < 128; ++value) {
        Histogram histogram;
        histogram.record(Histogram::Microseconds(value));
        histogram.record(1s);
        CHECK(histogram.percentile(50) == Histogram::Microseconds(value));
    }
}

TEST_CASE("every power of two and its neighbours keep the bound", "[bench][histogram]") {
    for (int bit = 7; bit < 36; ++bit) {
        for (const std::int64_t value : {(1LL << bit) - 1, 1LL << bit, (1LL << bit) + 1}) {
            Histogram histogram;
            histogram.record(Histogram::Microseconds(value));
            histogram.record(48h);
            const std::int64_t told = histogram.percentile(50).count();
            INFO(value << " us, told " << told);
            CHECK((told >= value && 64 * (told - value) <= value));
        }
    }
}

TEST_CASE("the greatest value is exact, even beyond the last bucket",
          "[bench][histogram]") {
    Histogram histogram;
    histogram.record(123'456'789us);
    CHECK(histogram.max() == 123'456'789us);
    CHECK(histogram.percentile(100) == 123'456'789us);
    histogram.record(48h);
    CHECK(histogram.max() == 48h);
    CHECK(histogram.count() == 2);
}

TEST_CASE("a negative duration counts as none", "[bench][histogram]") {
    Histogram histogram;
    histogram.record(-5us);
    histogram.record(1s);
    CHECK(histogram.count() == 2);
    CHECK(histogram.percentile(50) == 0us);
}

TEST_CASE("merged histograms are as one that saw all values", "[bench][histogram]") {
    Histogram all;
    Histogram first;
    Histogram second;
    int turn = 0;
    for (const auto value : some_latencies(5'000)) {
        all.record(value);
        (++turn % 3 == 0 ? first : second).record(value);
    }
    first.merge(second);
    CHECK(first.count() == all.count());
    CHECK(first.max() == all.max());
    for (const double percent : {1.0, 50.0, 99.0, 100.0})
        CHECK(first.percentile(percent) == all.percentile(percent));
}
