// with_timeout: both outcomes, and what happens at their border.
#include "05_coroutines/with_timeout.hpp"

#include <stdexcept>
#include <string>

#include "05_coroutines/tests/loops.hpp"
#include "05_coroutines/tests/probe.hpp"

using namespace six;
using namespace six::test;

TEST_CASE("a task in time gives its result", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    CHECK(sync_wait(on.loop, with_timeout(on.loop, 2s, give_after(on.loop, 1s, 7))) == 7);
    CHECK(on.elapsed() == 1s);
    // The deadline is gone too: nothing is left that could happen.
    CHECK(on.has_nothing_to_do());
}

TEST_CASE("a task that is late is cancelled at its deadline", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto hold = [&](Probe) -> Task<void> {
        const Probe local;
        co_await wait_for_ever(on.loop);
    };
    CHECK_THROWS_AS(sync_wait(on.loop, with_timeout(on.loop, 2s, hold(Probe()))), TimedOut);
    CHECK(on.elapsed() == 2s);
    CHECK(Probe::alive() == 0);
    CHECK(on.has_nothing_to_do());
}

TEST_CASE("time-outs may have no result to give", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    sync_wait(on.loop, with_timeout(on.loop, 2s, nap(on.loop, 1s)));
    CHECK(on.elapsed() == 1s);
}

TEST_CASE("a late task that needs time to end gets it", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    const auto polite = [&]() -> Task<void> {
        bool cancelled = false;
        try {
            co_await wait_for_ever(on.loop);
        } catch (const Cancelled&) {
            cancelled = true;
        }
        co_await shielded(nap(on.loop, 3s));
        log += cancelled ? "ended " : "";
        throw Cancelled{};
    };
    const auto impatient = [&]() -> Task<void> {
        try {
            co_await with_timeout(on.loop, 2s, polite());
        } catch (const TimedOut&) {
            log += "timed out";
        }
    };
    sync_wait(on.loop, impatient());
    CHECK(log == "ended timed out");
    CHECK(on.elapsed() == 5s);
}

TEST_CASE("a result that comes in spite of the time-out counts", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    auto late = with_timeout(on.loop, 2s, shielded(give_after(on.loop, 3s, 7)));
    CHECK(sync_wait(on.loop, std::move(late)) == 7);
    CHECK(on.elapsed() == 3s);
}

TEST_CASE("an error passes through a time-out", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto failing = [&]() -> Task<int> {
        co_await sleep_for(on.loop, 1s);
        throw std::runtime_error("broken");
    };
    CHECK_THROWS_WITH(sync_wait(on.loop, with_timeout(on.loop, 2s, failing())), "broken");
    CHECK(on.elapsed() == 1s);
}

TEST_CASE("no time at all is enough for a task that waits for nothing", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto ready = []() -> Task<int> { co_return 7; };
    CHECK(sync_wait(on.loop, with_timeout(on.loop, 0s, ready())) == 7);
    CHECK_THROWS_AS(sync_wait(on.loop, with_timeout(on.loop, 0s, nap(on.loop, 1ms))),
                    TimedOut);
    CHECK(on.elapsed() == 0s);
}

TEST_CASE("a task that needs exactly its time is late", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    CHECK_THROWS_AS(sync_wait(on.loop, with_timeout(on.loop, 2s, nap(on.loop, 2s))),
                    TimedOut);
}

TEST_CASE("a time-out in the turn in which the task ends comes too late", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Connection connection;
    AsyncSocket socket(on.loop, std::move(connection.server));
    const auto reader = [&]() -> Task<std::size_t> {
        std::array<char, 10> buffer;
        co_return co_await socket.receive(buffer);
    };
    std::optional<std::size_t> result;
    TaskGroup group;
    group.spawn(with_timeout(on.loop, 2s, reader()), result);
    REQUIRE(send_all(connection.client.get(), "abc"));
    on.clock.advance(2s);
    on.loop.run_once(false);  // descriptors come before timers
    CHECK(result == 3U);
    CHECK(on.has_nothing_to_do());
}

TEST_CASE("of two nested time-outs the shorter one counts", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    const auto inner = [&](Duration limit) -> Task<void> {
        try {
            co_await with_timeout(on.loop, limit, wait_for_ever(on.loop));
        } catch (const TimedOut&) {
            log += "inner ";
        }
    };
    const auto outer = [&](Duration limit, Duration inner_limit) -> Task<void> {
        try {
            co_await with_timeout(on.loop, limit, inner(inner_limit));
            log += "done";
        } catch (const TimedOut&) {
            log += "outer";
        }
    };
    SECTION("the inner one") {
        sync_wait(on.loop, outer(3s, 1s));
        CHECK(log == "inner done");
        CHECK(on.elapsed() == 1s);
    }
    SECTION("the outer one") {
        sync_wait(on.loop, outer(1s, 3s));
        CHECK(log == "outer");
        CHECK(on.elapsed() == 1s);
    }
    SECTION("both at once") {
        sync_wait(on.loop, outer(1s, 1s));
        CHECK(log == "outer");
    }
    CHECK(on.has_nothing_to_do());
}

TEST_CASE("cancelled is not timed out", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    const auto timed = [&]() -> Task<void> {
        try {
            co_await with_timeout(on.loop, 2s, wait_for_ever(on.loop));
        } catch (const TimedOut&) {
            log += "timed out";
        } catch (const Cancelled&) {
            log += "cancelled";
        }
    };
    TaskGroup group;
    group.spawn(timed());
    SECTION("before the deadline") {
        on.loop.call_after(1s, [&] { group.cancel(); });
    }
    SECTION("in the same turn as the deadline") {
        on.loop.call_after(2s, [&] { group.cancel(); });
    }
    while (group.size() > 0) on.loop.run_once();
    CHECK(log == "cancelled");
}

TEST_CASE("a task that something else has cancelled is not timed out", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    CancellationScope stop;
    on.loop.call_after(1s, [&] { stop.cancel(); });
    auto stopped = until_cancelled(stop, wait_for_ever(on.loop));
    CHECK_THROWS_AS(sync_wait(on.loop, with_timeout(on.loop, 2s, std::move(stopped))),
                    Cancelled);
    CHECK(on.elapsed() == 1s);
}

TEST_CASE("a time-out that is dropped while it waits leaves nothing", "[05][timeout]") {
    VirtualLoop on(SIX_EACH_POLLER);
    {
        TaskGroup group;
        group.spawn(with_timeout(on.loop, 2s, wait_for_ever(on.loop)));
    }
    CHECK(on.has_nothing_to_do());
}
