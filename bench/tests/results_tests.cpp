#include "bench/results.hpp"

#include <stdexcept>

#include "bench/tests/approx.hpp"
#include "bench/tests/samples.hpp"
#include "common/testing/catch.hpp"

using namespace six::bench;
using namespace std::chrono_literals;

namespace {

/// Ten counted clients, of whom so many were served after 1 ms, 2 ms, …
Result ten_clients(int served) {
    Load load = small_load();
    load.rate = 10;
    load.window = 1s;
    RunFigures figures;
    figures.served = served;
    for (int i = 1; i <= served; ++i) figures.latency.record(i * 1000us);
    Result result;
    add_figures(result, load, std::move(figures));
    return result;
}

}  // namespace

TEST_CASE("results are the same after a way through JSON", "[bench][results]") {
    const Results results = some_results();
    CHECK(from_json(to_json(results)) == results);
}

TEST_CASE("what is no JSON of the ladder is refused with a reason", "[bench][results]") {
    for (const char* text : {"", "{", "[]", "{\"command\": 5}", "{\"command\": \"x\"}"}) {
        INFO(text);
        CHECK_THROWS_AS(from_json(text), std::runtime_error);
    }
    Results nothing = some_results();
    nothing.loads.clear();
    CHECK_THROWS_AS(from_json(to_json(nothing)), std::runtime_error);
}

TEST_CASE("percentiles are those of all counted clients, the unserved ones last",
          "[bench][results]") {
    const Result all = ten_clients(10);
    CHECK(all.never_served() == 0);
    CHECK(all.latency_ms(50).value() == Approx(5).epsilon(0.02));
    CHECK(all.latency_ms(100).value() == Approx(10).epsilon(0.02));

    const Result half = ten_clients(5);
    CHECK(half.never_served() == 5);
    CHECK(half.latency_ms(50).value() == Approx(5).epsilon(0.02));
    CHECK_FALSE(half.latency_ms(60));
    CHECK_FALSE(half.latency_ms(99));

    const Result nobody = ten_clients(0);
    CHECK_FALSE(nobody.latency_ms(0));
    CHECK_FALSE(nobody.latency_ms(50));
}

TEST_CASE("time in line is a share of all clients' time", "[bench][results]") {
    Result result;
    CHECK(result.in_line() == 0);
    result.moments.resize(2);
    result.moments[0].in_service = 1;
    result.moments[0].outside = 2;
    result.moments[1].outside = 1;
    CHECK(result.in_line() == Approx(75));
}

TEST_CASE("time on the CPU is divided by the answers of the window", "[bench][results]") {
    RunFigures figures;
    figures.saved_in_window = 300;
    figures.cpu_in_window = 60ms;
    Result result;
    add_figures(result, small_load(), std::move(figures));
    CHECK(result.requests_per_second == Approx(100));
    CHECK(result.cpu_ms_per_request.value() == Approx(0.2));
    CHECK(result.cpu_share == Approx(0.02));
}

TEST_CASE("where nobody was answered there is no time per request", "[bench][results]") {
    RunFigures figures;
    figures.cpu_in_window = 60ms;
    Result result;
    add_figures(result, small_load(), std::move(figures));
    CHECK_FALSE(result.cpu_ms_per_request);
    CHECK(result.cpu_share == Approx(0.02));
}
