// Task<T>, without a loop: values, exceptions, lifetimes, and the stack.
#include "05_coroutines/task.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "05_coroutines/task_group.hpp"
#include "05_coroutines/tests/probe.hpp"
#include "common/testing/catch.hpp"

using namespace six;
using test::Door;
using test::Probe;

namespace {

/// The result of a task that waits for nothing.
template <class T>
T result_of(Task<T> task) {
    std::optional<ResultOf<T>> result;
    TaskGroup group;
    group.spawn(std::move(task), result);
    group.rethrow_error();
    if constexpr (!std::is_void_v<T>) return std::move(result.value());
}

template <class T>
Task<T> give(T value) {
    co_return value;
}

Task<void> fail(std::string why) {
    throw std::runtime_error(why);
    co_return;
}

}  // namespace

TEST_CASE("a task does nothing until it is awaited", "[05][task]") {
    bool started = false;
    const auto start = [](bool& flag) -> Task<void> {
        flag = true;
        co_return;
    };
    Task<void> task = start(started);
    CHECK_FALSE(started);
    result_of(std::move(task));
    CHECK(started);
}

TEST_CASE("a task gives its value to the one that awaits it", "[05][task]") {
    const auto add = []() -> Task<int> {
        const int a = co_await give(40);
        const int b = co_await give(2);
        co_return a + b;
    };
    CHECK(result_of(add()) == 42);
}

TEST_CASE("a value that can only be moved passes through tasks", "[05][task]") {
    const auto middle = []() -> Task<std::unique_ptr<int>> {
        co_return co_await give(std::make_unique<int>(7));
    };
    CHECK(*result_of(middle()) == 7);
}

TEST_CASE("a value needs no default constructor, and may be converted", "[05][task]") {
    struct Number {
        explicit(false) Number(int n) : value(n) {}
        int value;
    };
    const auto number = []() -> Task<Number> { co_return 5; };
    CHECK(result_of(number()).value == 5);
}

TEST_CASE("an exception passes through every task up to the one that catches it",
          "[05][task]") {
    const auto middle = []() -> Task<void> { co_await fail("deep down"); };
    const auto top = [&middle]() -> Task<std::string> {
        try {
            co_await middle();
        } catch (const std::runtime_error& error) {
            co_return error.what();
        }
        co_return "nothing was thrown";
    };
    CHECK(result_of(top()) == "deep down");
    CHECK_THROWS_AS(result_of(middle()), std::runtime_error);
}

TEST_CASE("an exception destroys the locals of the tasks that it passes", "[05][task]") {
    const auto inner = [](Probe) -> Task<void> {
        const Probe local;
        co_await fail("now");
    };
    const auto outer = [&inner]() -> Task<void> {
        const Probe local;
        const Probe argument;
        co_await inner(argument);
    };
    CHECK_THROWS(result_of(outer()));
    CHECK(Probe::alive() == 0);
}

TEST_CASE("a task that was never awaited frees its arguments", "[05][task]") {
    const auto hold = [](Probe) -> Task<void> { co_return; };
    {
        const Task<void> task = hold(Probe());
        CHECK(Probe::alive() == 1);
    }
    CHECK(Probe::alive() == 0);
}

TEST_CASE("a task that is dropped while it waits frees everything below it", "[05][task]") {
    Door door;
    const auto inner = [](Door& d, Probe) -> Task<void> {
        const Probe local;
        co_await d;
    };
    const auto middle = [&inner](Door& d, Probe probe) -> Task<void> {
        co_await inner(d, probe);
    };
    {
        TaskGroup group;
        group.spawn(middle(door, Probe()));
        CHECK(door.somebody_waits());
        CHECK(Probe::alive() >= 3);
    }
    CHECK(Probe::alive() == 0);
    CHECK_FALSE(door.somebody_waits());
}

TEST_CASE("a task is freed at the end of the expression that awaits it", "[05][task]") {
    const auto hold = [](Probe) -> Task<int> { co_return 1; };
    const auto user = [&hold]() -> Task<int> {
        Task<int> task = hold(Probe());
        co_await std::move(task);
        co_return Probe::alive();  // while `task` is still in scope
    };
    CHECK(result_of(user()) == 0);
}

TEST_CASE("a result that nobody takes is freed", "[05][task]") {
    const auto make = []() -> Task<Probe> { co_return Probe(); };
    const auto user = [&make]() -> Task<int> {
        co_await make();
        co_return Probe::alive();
    };
    CHECK(result_of(user()) == 0);
}

TEST_CASE("a task can be moved before it is awaited", "[05][task]") {
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 10; ++i) tasks.push_back(give(i));
    std::reverse(tasks.begin(), tasks.end());
    Task<int> first = std::move(tasks.front());
    first = std::move(tasks.back());  // drops the one that gives 9
    CHECK(result_of(std::move(first)) == 0);
}

TEST_CASE("a task goes on where it waited", "[05][task]") {
    Door first;
    Door second;
    std::string log;
    const auto walk = [&]() -> Task<void> {
        log += "a";
        co_await first;
        log += "b";
        co_await second;
        log += "c";
    };
    TaskGroup group;
    group.spawn(walk());
    CHECK(log == "a");
    second.open();
    CHECK(log == "a");
    first.open();
    CHECK(log == "abc");
    CHECK(group.size() == 0);
}

#ifndef NDEBUG
TEST_CASE("awaiting a task twice is caught", "[05][task]") {
    const auto twice = []() -> Task<int> {
        Task<int> task = give(1);
        co_await std::move(task);
        co_return co_await std::move(task);
    };
    CHECK(test::aborts([&] { result_of(twice()); }));
    CHECK_FALSE(test::aborts([&] { result_of(give(1)); }));
}

TEST_CASE("awaiting a task that was moved from is caught", "[05][task]") {
    const auto moved = []() -> Task<int> {
        Task<int> task = give(1);
        const Task<int> elsewhere = std::move(task);
        co_return co_await std::move(task);
    };
    CHECK(test::aborts([&] { result_of(moved()); }));
}
#endif

// --- the stack ---

namespace {

/// How far the stack reached down between two places, in bytes.
class StackGauge {
  public:
    void mark() noexcept {
        const auto address = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
        low_ = std::min(low_, address);
        high_ = std::max(high_, address);
    }
    std::uintptr_t bytes() const noexcept { return high_ - low_; }

  private:
    std::uintptr_t low_ = UINTPTR_MAX;
    std::uintptr_t high_ = 0;
};

Task<int> one(StackGauge& gauge) {
    gauge.mark();
    co_return 1;
}

Task<int> sum_of(int count, StackGauge& gauge) {
    int sum = 0;
    for (int i = 0; i < count; ++i) sum += co_await one(gauge);
    co_return sum;
}

Task<int> depth(int levels, Door& door, StackGauge& gauge) {
    if (levels == 0) {
        co_await door;
        gauge.mark();
        co_return 0;
    }
    const int below = co_await depth(levels - 1, door, gauge);
    gauge.mark();
    co_return below + 1;
}

Task<void> fall(int levels) {
    if (levels == 0) throw std::runtime_error("the ground");
    co_await fall(levels - 1);
}

}  // namespace

TEST_CASE("a million awaits in a row don't grow the stack", "[05][task][stack]") {
    StackGauge few;
    REQUIRE(result_of(sum_of(10, few)) == 10);  // first, lest the next one crash
    REQUIRE(few.bytes() < 10);
    StackGauge many;
    CHECK(result_of(sum_of(1'000'000, many)) == 1'000'000);
    CHECK(many.bytes() == few.bytes());
}

TEST_CASE("a hundred thousand tasks, each awaited by the next, don't need the stack",
          "[05][task][stack]") {
    const int levels = 100'000;
    StackGauge gauge;
    Door door;
    std::optional<int> result;
    TaskGroup group;

    SECTION("when the last one waits for nothing") {
        door.open();
        group.spawn(depth(levels, door, gauge), result);
    }
    SECTION("when the last one waits") {
        group.spawn(depth(levels, door, gauge), result);
        CHECK_FALSE(result);
        door.open();
    }
    CHECK(result == levels);
    CHECK(gauge.bytes() < 1000);
}

TEST_CASE("an exception rises through ten thousand tasks", "[05][task][stack]") {
    CHECK_THROWS_WITH(result_of(fall(10'000)), "the ground");
}
