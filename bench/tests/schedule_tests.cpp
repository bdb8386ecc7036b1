#include "bench/schedule.hpp"

#include <vector>

#include "04_event_loop/virtual_clock.hpp"
#include "05_coroutines/sync_wait.hpp"
#include "common/testing/catch.hpp"

using namespace six;
using namespace six::bench;
using namespace std::chrono_literals;

namespace {

/// One client every 100 ms, ten of them.
Load slow_load() {
    Load load = small_load();
    load.rate = 10;
    load.pause = 0.5s;
    load.window = 0.5s;
    return load;
}

struct Arrival {
    std::size_t index;
    Duration due;
    Duration came;
    bool operator==(const Arrival&) const = default;
};

}  // namespace

TEST_CASE("clients come exactly when they are due", "[bench][schedule]") {
    VirtualClock clock;
    EventLoop loop{make_poller(), clock};
    const TimePoint start = clock.now();
    std::vector<Arrival> arrivals;
    sync_wait(loop, keep_schedule(
                        loop, slow_load(), start, [&](std::size_t index, TimePoint due) {
                            arrivals.push_back({index, due - start, clock.now() - start});
                        }));
    REQUIRE(arrivals.size() == 10);
    for (std::size_t i = 0; i < arrivals.size(); ++i)
        CHECK(arrivals[i] == Arrival{i, i * 100ms, i * 100ms});
}

TEST_CASE("who is held up comes late, and is due when it was", "[bench][schedule]") {
    VirtualClock clock;
    EventLoop loop{make_poller(), clock};
    const TimePoint start = clock.now();
    std::vector<Arrival> arrivals;
    sync_wait(loop, keep_schedule(
                        loop, slow_load(), start, [&](std::size_t index, TimePoint due) {
                            arrivals.push_back({index, due - start, clock.now() - start});
                            if (index == 2) clock.advance(250ms);  // until 450 ms
                        }));
    REQUIRE(arrivals.size() == 10);
    CHECK(arrivals[2] == Arrival{2, 200ms, 200ms});
    CHECK(arrivals[3] == Arrival{3, 300ms, 450ms});
    CHECK(arrivals[4] == Arrival{4, 400ms, 450ms});
    CHECK(arrivals[5] == Arrival{5, 500ms, 500ms});
}
