// when_all: results, errors, and that nobody is left running.
#include "05_coroutines/when_all.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "05_coroutines/tests/loops.hpp"
#include "05_coroutines/tests/probe.hpp"
#include "05_coroutines/with_timeout.hpp"

using namespace six;
using namespace six::test;

namespace {

Task<int> fail_after(EventLoop& loop, Duration duration) {
    co_await sleep_for(loop, duration);
    throw std::runtime_error("broken");
}

}  // namespace

TEST_CASE("tasks run side by side, and the results keep their order", "[05][when_all]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto user = [&]() -> Task<std::string> {
        auto results = co_await when_all(give_after(on.loop, 3s, std::string("three")),
                                         nap(on.loop, 1s), give_after(on.loop, 2s, 2));
        auto& [three, nothing, two] = results;
        static_assert(std::is_same_v<decltype(nothing), std::monostate>);
        co_return three + " " + std::to_string(two);
    };
    CHECK(sync_wait(on.loop, user()) == "three 2");
    CHECK(on.elapsed() == 3s);
}

TEST_CASE("all of no tasks is done at once", "[05][when_all]") {
    VirtualLoop on(SIX_EACH_POLLER);
    sync_wait(on.loop, when_all());
    CHECK(sync_wait(on.loop, when_all(std::vector<Task<int>>())).empty());
    sync_wait(on.loop, when_all(std::vector<Task<void>>()));
    CHECK(on.elapsed() == 0s);
}

TEST_CASE("any number of tasks can be awaited together", "[05][when_all]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::vector<Task<std::unique_ptr<int>>> tasks;
    for (int i = 0; i < 100; ++i)
        tasks.push_back(give_after(on.loop, 100s - i * 1s, std::make_unique<int>(i)));
    const auto results = sync_wait(on.loop, when_all(std::move(tasks)));
    REQUIRE(results.size() == 100);
    for (int i = 0; i < 100; ++i) CHECK(*results[static_cast<std::size_t>(i)] == i);
    CHECK(on.elapsed() == 100s);

    std::vector<Task<void>> naps;
    for (int i = 0; i < 3; ++i) naps.push_back(nap(on.loop, 1s));
    sync_wait(on.loop, when_all(std::move(naps)));
    CHECK(on.elapsed() == 101s);
}

TEST_CASE("the first error cancels the others, and is thrown when they have ended",
          "[05][when_all]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto polite = [&]() -> Task<void> {
        const Probe probe;
        try {
            co_await wait_for_ever(on.loop);
        } catch (const Cancelled&) {}
        co_await shielded(nap(on.loop, 1s));
        throw std::logic_error("a second error");
    };
    const auto hold = [&](Probe) -> Task<void> { co_await wait_for_ever(on.loop); };
    auto all = when_all(hold(Probe()), fail_after(on.loop, 2s), polite());
    CHECK_THROWS_WITH(sync_wait(on.loop, std::move(all)), "broken");
    CHECK(on.elapsed() == 3s);
    CHECK(Probe::alive() == 0);
}

TEST_CASE("a task that fails at once cancels those that start after it", "[05][when_all]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto fail = []() -> Task<int> {
        throw std::runtime_error("at once");
        co_return 1;
    };
    CHECK_THROWS_WITH(sync_wait(on.loop, when_all(fail(), wait_for_ever(on.loop))),
                      "at once");
    CHECK(on.elapsed() == 0s);
}

TEST_CASE("cancelling the whole cancels all its parts", "[05][when_all]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto hold = [&](Probe) -> Task<void> { co_await wait_for_ever(on.loop); };
    auto all = when_all(hold(Probe()), when_all(hold(Probe()), nap(on.loop, 1s)));
    CHECK_THROWS_AS(sync_wait(on.loop, with_timeout(on.loop, 5s, std::move(all))),
                    TimedOut);
    CHECK(on.elapsed() == 5s);
    CHECK(Probe::alive() == 0);
}

TEST_CASE("a part that was cancelled has no result, and so neither has the whole",
          "[05][when_all]") {
    VirtualLoop on(SIX_EACH_POLLER);
    CancellationScope stop;
    const auto stopped = [&]() -> Task<int> {
        co_return co_await until_cancelled(stop, give_after(on.loop, 1h, 1));
    };
    on.loop.call_after(1s, [&] { stop.cancel(); });
    CHECK_THROWS_AS(sync_wait(on.loop, when_all(stopped(), give_after(on.loop, 2s, 2))),
                    Cancelled);
    CHECK(on.elapsed() == 2s);  // the other one was left in peace
}

TEST_CASE("a whole that is dropped while it waits frees its parts", "[05][when_all]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto hold = [&](Probe) -> Task<void> { co_await wait_for_ever(on.loop); };
    {
        TaskGroup group;
        group.spawn([](auto all) -> Task<void> {
            co_await std::move(all);
        }(when_all(hold(Probe()), hold(Probe()))));
        CHECK(Probe::alive() >= 2);
    }
    CHECK(Probe::alive() == 0);
    CHECK(on.has_nothing_to_do());
}
