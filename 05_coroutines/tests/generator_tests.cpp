// AsyncGenerator: values, waits between them, its end, and its lifetime.
#include "05_coroutines/generator.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "05_coroutines/tests/loops.hpp"
#include "05_coroutines/tests/probe.hpp"
#include "05_coroutines/with_timeout.hpp"

using namespace six;
using namespace six::test;

namespace {

AsyncGenerator<int> count(EventLoop& loop, int last, Duration pause) {
    const Probe probe;
    for (int i = 1; i <= last; ++i) {
        if (pause > 0s) co_await sleep_for(loop, pause);
        co_yield i;
    }
}

Task<std::int64_t> sum_of(AsyncGenerator<int> numbers) {
    std::int64_t sum = 0;
    while (const int* number = co_await numbers.next()) sum += *number;
    co_return sum;
}

}  // namespace

TEST_CASE("a generator yields one value after another, then null", "[05][generator]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto user = [&]() -> Task<void> {
        auto numbers = count(on.loop, 3, 1s);
        for (int expected = 1; expected <= 3; ++expected) {
            const int* number = co_await numbers.next();
            REQUIRE(number != nullptr);
            CHECK(*number == expected);
            CHECK(on.elapsed() == expected * 1s);
        }
        for (int i = 0; i < 2; ++i) {
            const int* number = co_await numbers.next();
            CHECK(number == nullptr);
        }
    };
    sync_wait(on.loop, user());
}

TEST_CASE("a generator does nothing until it is asked", "[05][generator]") {
    VirtualLoop on(SIX_EACH_POLLER);
    int made = 0;
    const auto numbers = [](int& n) -> AsyncGenerator<int> {
        while (true) {
            ++n;
            co_yield n;
        }
    };
    const auto user = [&]() -> Task<void> {
        auto all = numbers(made);
        CHECK(made == 0);
        std::ignore = co_await all.next();
        CHECK(made == 1);
    };
    sync_wait(on.loop, user());
    CHECK(made == 1);
}

TEST_CASE("a value can be moved out of a generator", "[05][generator]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto make = []() -> AsyncGenerator<std::unique_ptr<int>> {
        co_yield std::make_unique<int>(1);
        auto two = std::make_unique<int>(2);
        co_yield two;
        CHECK(two == nullptr);  // it was moved from where it was yielded
    };
    const auto user = [&]() -> Task<int> {
        std::vector<std::unique_ptr<int>> taken;
        auto values = make();
        while (auto* value = co_await values.next()) taken.push_back(std::move(*value));
        co_return *taken.at(0) + *taken.at(1);
    };
    CHECK(sync_wait(on.loop, user()) == 3);
}

TEST_CASE("a generator's exception reaches the one who asked, once", "[05][generator]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto failing = [&]() -> AsyncGenerator<int> {
        co_yield 1;
        co_await sleep_for(on.loop, 1s);
        throw std::runtime_error("no more");
    };
    const auto user = [&]() -> Task<std::string> {
        auto numbers = failing();
        std::string log;
        for (int i = 0; i < 3; ++i) {
            try {
                const int* number = co_await numbers.next();
                log += number ? "number " : "null ";
            } catch (const std::runtime_error& error) {
                log += error.what() + std::string(" ");
            }
        }
        co_return log;
    };
    CHECK(sync_wait(on.loop, user()) == "number no more null ");
}

TEST_CASE("a generator can be dropped at any value", "[05][generator]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const int taken = GENERATE(0, 1, 2, 3);
    const auto user = [&](AsyncGenerator<int> numbers) -> Task<void> {
        for (int i = 0; i < taken; ++i) std::ignore = co_await numbers.next();
    };
    sync_wait(on.loop, user(count(on.loop, 3, 1s)));
    CHECK(Probe::alive() == 0);
}

TEST_CASE("a generator that is dropped while it waits frees its frame", "[05][generator]") {
    VirtualLoop on(SIX_EACH_POLLER);
    {
        TaskGroup group;
        std::optional<std::int64_t> sum;
        group.spawn(sum_of(count(on.loop, 3, 1s)), sum);
        CHECK(Probe::alive() == 1);
    }
    CHECK(Probe::alive() == 0);
    CHECK(on.has_nothing_to_do());
}

TEST_CASE("a generator waits in the scope of the one who asks", "[05][generator]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    const auto ask = [](AsyncGenerator<int>& numbers) -> Task<int> {
        const int* number = co_await numbers.next();
        co_return number ? *number : 0;
    };
    const auto user = [&]() -> Task<void> {
        auto numbers = count(on.loop, 3, 2s);
        log += std::to_string(co_await with_timeout(on.loop, 3s, ask(numbers)));
        try {
            co_await with_timeout(on.loop, 1s, ask(numbers));
        } catch (const TimedOut&) {
            log += " timed out";
        }
        const int* after = co_await numbers.next();
        log += after ? " value" : " null";
    };
    sync_wait(on.loop, user());
    CHECK(log == "1 timed out null");
    CHECK(Probe::alive() == 0);
}

TEST_CASE("a generator can be moved between two values", "[05][generator]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto user = [&]() -> Task<std::int64_t> {
        auto numbers = count(on.loop, 3, 1s);
        std::ignore = co_await numbers.next();
        auto rest = std::move(numbers);
        numbers = count(on.loop, 1, 1s);
        co_return co_await sum_of(std::move(rest));
    };
    CHECK(sync_wait(on.loop, user()) == 2 + 3);
}

TEST_CASE("a million values don't grow the stack", "[05][generator][stack]") {
    VirtualLoop on(SIX_EACH_POLLER);
    CHECK(sync_wait(on.loop, sum_of(count(on.loop, 1'000'000, 0s))) == 500'000'500'000);
}
