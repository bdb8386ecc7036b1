#include "bench/load.hpp"

#include "bench/tests/approx.hpp"
#include "common/testing/catch.hpp"

using namespace six::bench;
using namespace std::chrono_literals;

namespace {

constexpr Allowed plenty{1'000'000, 1'000'000};

Load closed(Load load) {
    load.loop = Load::Loop::closed;
    return load;
}

}  // namespace

TEST_CASE("an open load has its clients at a time, by rate times pause", "[bench][load]") {
    for (const Load& load : {small_load(), large_load(), quick(small_load())}) {
        INFO(load.name);
        CHECK(load.rate * load.pause.count() == Approx(load.clients));
    }
}

TEST_CASE("both loads offer less than one SQLite file can commit", "[bench][load]") {
    CHECK(small_load().rate <= 1000);
    CHECK(large_load().rate <= 1000);
}

TEST_CASE("clients come evenly, and keep coming until the window is over",
          "[bench][load]") {
    const Load load = large_load();
    CHECK(load.arrivals() == 8000);
    CHECK(load.arrival(0) == 0s);
    CHECK(load.arrival(1000).count() == Approx(1));
    CHECK(load.arrival(load.arrivals() - 1) < load.steady_end());
    CHECK(load.arrival(load.arrivals()) >= load.steady_end());
}

TEST_CASE("counted are the clients who are due to be answered in the window",
          "[bench][load]") {
    const Load load = large_load();
    CHECK(load.arrival(0) + load.pause == load.ramp());
    CHECK(load.arrival(load.counted()) + load.pause >= load.steady_end());
    CHECK(load.arrival(load.counted() - 1) + load.pause < load.steady_end());
}

TEST_CASE("in a closed loop all clients come during the ramp, and all are counted",
          "[bench][load]") {
    Load load = closed(small_load());
    CHECK(load.arrivals() == 400);
    CHECK(load.counted() == 400);
    CHECK(load.arrival(399) < load.ramp());
    load.pause = 0s;
    CHECK(load.ramp() > 0s);
}

TEST_CASE("a load that the machine allows stays as it is", "[bench][load]") {
    const Fitted fitted = fit(large_load(), plenty);
    CHECK(fitted.load == large_load());
    CHECK_FALSE(fitted.note);
}

TEST_CASE("with too few sockets or ports fewer clients come, and a line says so",
          "[bench][load]") {
    for (const Allowed& allowed : {Allowed{1000, 28'000}, Allowed{20'000, 1000}}) {
        const Fitted fitted = fit(large_load(), allowed);
        CHECK(fitted.load.sockets() <= 1000);
        CHECK(fitted.load.sockets() >= 990);
        CHECK(fitted.load.rate * fitted.load.pause.count() ==
              Approx(fitted.load.clients).margin(1));
        REQUIRE(fitted.note);
        CHECK(fitted.note->find("instead of 5,000") != std::string::npos);
        CHECK(fitted.note->find('\n') == std::string::npos);
    }
}

TEST_CASE("in a closed loop the sockets are bounded by the clients", "[bench][load]") {
    const Fitted fitted = fit(closed(large_load()), {1000, 500});
    CHECK(fitted.load.clients == 1000);
    CHECK(fitted.note);
}
