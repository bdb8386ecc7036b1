// run_on and sync_wait: a task that waits for another thread. On the real clock, since a
// virtual one doesn't wait for threads.
#include "05_coroutines/run_on.hpp"

#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "05_coroutines/tests/loops.hpp"
#include "05_coroutines/tests/probe.hpp"
#include "05_coroutines/when_all.hpp"
#include "05_coroutines/with_timeout.hpp"

using namespace six;
using namespace six::test;

TEST_CASE("a function runs on the pool, and its task on the loop's thread", "[05][pool]") {
    EventLoop loop(SIX_EACH_POLLER);
    ThreadPool pool(1, 1);
    const auto user = [&]() -> Task<void> {
        const auto here = std::this_thread::get_id();
        const auto elsewhere =
            co_await run_on(pool, loop, [] { return std::this_thread::get_id(); });
        CHECK(elsewhere != here);
        CHECK(std::this_thread::get_id() == here);
    };
    sync_wait(loop, user());
}

TEST_CASE("what the function returns or throws reaches the task", "[05][pool]") {
    EventLoop loop(SIX_EACH_POLLER);
    ThreadPool pool(1, 1);
    std::string text = "a text that is too long for the string object itself";
    auto repeat = [text] { return text + text; };
    CHECK(sync_wait(loop, run_on(pool, loop, std::move(repeat))) == text + text);

    int calls = 0;
    sync_wait(loop, run_on(pool, loop, [&calls] { ++calls; }));
    CHECK(calls == 1);

    const auto fail = []() -> int { throw std::runtime_error("broken"); };
    CHECK_THROWS_WITH(sync_wait(loop, run_on(pool, loop, fail)), "broken");
}

TEST_CASE("a function that can only be moved is destroyed once", "[05][pool]") {
    EventLoop loop(SIX_EACH_POLLER);
    ThreadPool pool(1, 1);
    const auto user = [&]() -> Task<int> {
        auto function = [number = std::make_unique<int>(7)] { return *number; };
        co_return co_await run_on(pool, loop, std::move(function));
    };
    CHECK(sync_wait(loop, user()) == 7);
}

TEST_CASE("many tasks share a pool, and each gets its own result", "[05][pool]") {
    EventLoop loop(SIX_EACH_POLLER);
    ThreadPool pool(4, 1000);
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 1000; ++i) tasks.push_back(run_on(pool, loop, [i] { return i; }));
    const std::vector<int> results = sync_wait(loop, when_all(std::move(tasks)));
    for (int i = 0; i < 1000; ++i) REQUIRE(results[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a task waits for the pool many times in a row", "[05][pool]") {
    EventLoop loop(SIX_EACH_POLLER);
    ThreadPool pool(2, 10);
    const auto user = [&]() -> Task<int> {
        int sum = 0;
        for (int i = 0; i < 500; ++i) sum += co_await run_on(pool, loop, [] { return 1; });
        co_return sum;
    };
    CHECK(sync_wait(loop, user()) == 500);
}

TEST_CASE("a full queue refuses the function", "[05][pool]") {
    EventLoop loop(SIX_EACH_POLLER);
    std::latch started(1);
    std::latch release(1);
    ThreadPool pool(1, 1);
    const auto block = [&] {
        started.count_down();
        release.wait();
    };
    TaskGroup group;
    group.spawn(run_on(pool, loop, block));  // runs
    started.wait();
    group.spawn(run_on(pool, loop, [] {}));  // is queued
    CHECK_THROWS_AS(sync_wait(loop, run_on(pool, loop, [] {})), QueueFull);
    release.count_down();
    sync_wait(loop, group.join());
}

TEST_CASE("a function under way can't be cancelled, and its result counts", "[05][pool]") {
    EventLoop loop(SIX_EACH_POLLER);
    std::latch started(1);
    std::latch release(1);
    ThreadPool pool(1, 1);
    std::string log;
    const auto slow = [&] {
        started.count_down();
        release.wait();
        return 7;
    };
    const auto user = [&]() -> Task<void> {
        log += std::to_string(co_await run_on(pool, loop, slow));
        try {
            co_await sleep_for(loop, 1h);
        } catch (const Cancelled&) {
            log += " then cancelled";
        }
    };
    TaskGroup group;
    group.spawn(user());
    started.wait();
    group.cancel();
    loop.run_once(false);
    CHECK(log.empty());
    release.count_down();
    sync_wait(loop, group.join());
    CHECK(log == "7 then cancelled");
}

TEST_CASE("a task that is cancelled already does not start the function", "[05][pool]") {
    EventLoop loop(SIX_EACH_POLLER);
    ThreadPool pool(1, 1);
    TaskGroup group;
    bool called = false;
    group.cancel();
    group.spawn(run_on(pool, loop, [&called] { called = true; }));
    CHECK(group.size() == 0);
    sync_wait(loop, run_on(pool, loop, [] {}));  // whatever was queued before has run
    CHECK_FALSE(called);
}

TEST_CASE("a task that is dropped while its function runs leaves nothing", "[05][pool]") {
    EventLoop loop(SIX_EACH_POLLER);
    std::latch started(1);
    std::latch release(1);
    std::latch gone(1);
    /// Tells when the function is destroyed.
    struct Gone {
        std::latch* latch;
        explicit Gone(std::latch& l) : latch(&l) {}
        Gone(Gone&& other) noexcept : latch(std::exchange(other.latch, nullptr)) {}
        ~Gone() {
            if (latch) latch->count_down();
        }
    };
    ThreadPool pool(1, 1);
    auto slow = [&started, &release, text = std::string(100, 'x'), g = Gone(gone)] {
        started.count_down();
        release.wait();
        return text.size();
    };
    {
        std::optional<std::size_t> result;
        TaskGroup group;
        group.spawn(run_on(pool, loop, std::move(slow)), result);
        started.wait();
    }
    release.count_down();
    gone.wait();                                 // the pool destroyed it
    sync_wait(loop, run_on(pool, loop, [] {}));  // its late post finds nobody, and no harm
}

TEST_CASE("a task whose result is there is dropped before it goes on", "[05][pool]") {
    EventLoop loop(SIX_EACH_POLLER);
    {
        std::optional<int> result;
        TaskGroup group;
        {
            ThreadPool pool(1, 1);
            group.spawn(run_on(pool, loop, [] { return 7; }), result);
        }  // the pool ends when the function has run, and its result is posted
        CHECK_FALSE(result);
    }
    loop.run_once(false);
}

TEST_CASE("a pool that is shut down is waited for by nobody else", "[05][pool]") {
    EventLoop loop(SIX_EACH_POLLER);
    std::optional<int> result;
    TaskGroup group;
    {
        ThreadPool pool(1, 1);
        group.spawn(run_on(pool, loop, [] { return 7; }), result);
    }
    sync_wait(loop, group.join());
    CHECK(result == 7);
}

TEST_CASE("sync_wait gives the result, the error or the cancellation", "[05][sync_wait]") {
    VirtualLoop on(SIX_EACH_POLLER);
    CHECK(sync_wait(on.loop, give_after(on.loop, 1s, 7)) == 7);
    const auto fail = [&]() -> Task<void> {
        co_await sleep_for(on.loop, 1s);
        throw std::runtime_error("broken");
    };
    CHECK_THROWS_WITH(sync_wait(on.loop, fail()), "broken");
    const auto cancelled = [&]() -> Task<void> {
        (co_await current_scope()).cancel();
        co_await sleep_for(on.loop, 1s);
    };
    CHECK_THROWS_AS(sync_wait(on.loop, cancelled()), Cancelled);
    CHECK(on.elapsed() == 2s);
}
