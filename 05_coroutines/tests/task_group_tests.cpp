// TaskGroup: nobody outlives it, and nothing that goes wrong in it is lost.
#include "05_coroutines/task_group.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include "05_coroutines/tests/loops.hpp"
#include "05_coroutines/tests/probe.hpp"
#include "05_coroutines/with_timeout.hpp"

using namespace six;
using namespace six::test;

namespace {

Task<void> fail_after(EventLoop& loop, Duration duration, std::string why) {
    co_await sleep_for(loop, duration);
    throw std::runtime_error(why);
}

Task<void> hold(EventLoop& loop, Duration duration, Probe) {
    co_await sleep_for(loop, duration);
}

}  // namespace

TEST_CASE("a task in a group starts at once", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    TaskGroup group;
    std::string log;
    const auto task = [&]() -> Task<void> {
        log += "started ";
        co_await sleep_for(on.loop, 1s);
        log += "ended ";
    };
    group.spawn(task());
    log += "spawned ";
    sync_wait(on.loop, group.join());
    CHECK(log == "started spawned ended ");
}

TEST_CASE("joining waits for the last task, and for none if there is none", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    TaskGroup group;
    sync_wait(on.loop, group.join());
    CHECK(on.elapsed() == 0s);
    for (int i = 1; i <= 3; ++i) group.spawn(nap(on.loop, i * 1s));
    CHECK(group.size() == 3);
    sync_wait(on.loop, group.join());
    CHECK(group.size() == 0);
    CHECK(on.elapsed() == 3s);
    group.spawn(nap(on.loop, 1s));  // and again
    sync_wait(on.loop, group.join());
    CHECK(on.elapsed() == 4s);
}

TEST_CASE("each task is freed as soon as it has ended", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    TaskGroup group;
    for (int i = 1; i <= 3; ++i) group.spawn(hold(on.loop, i * 1s, Probe()));
    for (int left = 3; left > 0; --left) {
        CHECK(Probe::alive() == left);
        on.run_one();  // lets the time pass until the next one ends
    }
    CHECK(Probe::alive() == 0);
    CHECK(group.size() == 0);
}

TEST_CASE("ten thousand tasks come and go, and only those that are there take memory",
          "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    TaskGroup group;
    int most = 0;
    const auto spawn_all = [&]() -> Task<void> {
        for (int i = 0; i < 10'000; ++i) {
            group.spawn(hold(on.loop, 5ms, Probe()));
            most = std::max(most, Probe::alive());
            co_await sleep_for(on.loop, 1ms);
        }
    };
    group.spawn(spawn_all());
    sync_wait(on.loop, group.join());
    CHECK(most <= 6);
    CHECK(on.elapsed() >= 10s);
}

TEST_CASE("a group that ends takes its tasks along", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    {
        TaskGroup group;
        for (int i = 1; i <= 3; ++i) group.spawn(hold(on.loop, i * 1s, Probe()));
        on.run_one();
        CHECK(Probe::alive() == 2);
    }
    CHECK(Probe::alive() == 0);
    CHECK(on.has_nothing_to_do());
}

TEST_CASE("the first error cancels the other tasks, and join throws it", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    TaskGroup group;
    group.spawn(hold(on.loop, 1h, Probe()));
    group.spawn(fail_after(on.loop, 2s, "first"));
    group.spawn(shielded(fail_after(on.loop, 3s, "second")));
    CHECK_THROWS_WITH(sync_wait(on.loop, group.join()), "first");
    CHECK(on.elapsed() == 3s);
    CHECK(group.size() == 0);
    CHECK(Probe::alive() == 0);
}

TEST_CASE("an error before the join is kept for it", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    TaskGroup group;
    group.spawn(fail_after(on.loop, 1s, "early"));
    while (group.size() > 0) on.loop.run_once();
    CHECK_THROWS_WITH(sync_wait(on.loop, group.join()), "early");
    sync_wait(on.loop, group.join());  // it was told once
}

TEST_CASE("a task of the group may spawn others there, whose errors end it too",
          "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    TaskGroup group;
    int spawned = 0;
    const auto accept = [&]() -> Task<void> {
        for (;; ++spawned) {
            co_await sleep_for(on.loop, 1s);
            group.spawn(spawned == 3 ? fail_after(on.loop, 1s, "bug") : nap(on.loop, 1h));
        }
    };
    group.spawn(accept());
    CHECK_THROWS_WITH(sync_wait(on.loop, group.join()), "bug");
    CHECK(spawned >= 3);
    CHECK(on.elapsed() == 5s);
}

TEST_CASE("a cancelled task is no error", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    TaskGroup group;
    CancellationScope stop;
    group.spawn(until_cancelled(stop, wait_for_ever(on.loop)));
    group.spawn(nap(on.loop, 2s));
    on.loop.call_after(1s, [&] { stop.cancel(); });
    sync_wait(on.loop, group.join());
    CHECK(on.elapsed() == 2s);
}

TEST_CASE("a task that comes into a cancelled group ends at its first wait",
          "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    TaskGroup group;
    group.cancel();
    group.spawn(hold(on.loop, 1h, Probe()));
    CHECK(group.size() == 0);
    CHECK(Probe::alive() == 0);
}

TEST_CASE("a join that is cancelled ends the tasks first", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    TaskGroup group;
    std::string log;
    const auto polite = [&]() -> Task<void> {
        try {
            co_await wait_for_ever(on.loop);
        } catch (const Cancelled&) {
            log += "cancelled ";
        }
        co_await shielded(nap(on.loop, 1s));
        log += "ended ";
    };
    group.spawn(polite());
    group.spawn(nap(on.loop, 1s));
    CHECK_THROWS_AS(sync_wait(on.loop, with_timeout(on.loop, 2s, group.join())), TimedOut);
    CHECK(log == "cancelled ended ");
    CHECK(group.size() == 0);
    CHECK(on.elapsed() == 3s);
}

TEST_CASE("a join in a cancelled scope still waits for the tasks", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    const auto parent = [&]() -> Task<void> {
        TaskGroup group;
        group.spawn(shielded(nap(on.loop, 1s)));
        (co_await current_scope()).cancel();
        try {
            co_await group.join();
        } catch (const Cancelled&) {
            log += "cancelled";
        }
        CHECK(group.size() == 0);
    };
    sync_wait(on.loop, parent());
    CHECK(log == "cancelled");
    CHECK(on.elapsed() == 1s);
}

TEST_CASE("a task may cancel the group that it is in", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    TaskGroup group;
    const auto last_straw = [&]() -> Task<void> {
        co_await sleep_for(on.loop, 1s);
        group.cancel();
        co_await sleep_for(on.loop, 1h);
    };
    for (int i = 0; i < 3; ++i) group.spawn(wait_for_ever(on.loop));
    group.spawn(last_straw());
    sync_wait(on.loop, group.join());
    CHECK(on.elapsed() == 1s);
}

TEST_CASE("a parent that fails takes its group's tasks along", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto parent = [&]() -> Task<void> {
        TaskGroup group;
        group.spawn(hold(on.loop, 1h, Probe()));
        co_await sleep_for(on.loop, 1s);
        throw std::runtime_error("the parent");
    };
    CHECK_THROWS_WITH(sync_wait(on.loop, parent()), "the parent");
    CHECK(Probe::alive() == 0);
}

#ifndef NDEBUG
TEST_CASE("joining a group twice at once is caught", "[05][group]") {
    VirtualLoop on(SIX_EACH_POLLER);
    CHECK(aborts([&] {
        TaskGroup group;
        group.spawn(wait_for_ever(on.loop));
        TaskGroup joining;
        joining.spawn(group.join());
        joining.spawn(group.join());
    }));
}
#endif
