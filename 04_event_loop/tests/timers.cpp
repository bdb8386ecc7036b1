#include "04_event_loop/timers.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"

using namespace six;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint noon{12h};

/// Notes the order in which its callbacks are called.
struct Log {
    std::string called;
    auto note(char name) {
        return [this, name] { called += name; };
    }
};

}  // namespace

TEST_CASE("timers are called in order of time", "[04][timers]") {
    Timers timers;
    Log log;
    timers.add(noon + 3s, log.note('c'));
    timers.add(noon + 1s, log.note('a'));
    timers.add(noon + 2s, log.note('b'));
    CHECK(timers.size() == 3);
    CHECK(timers.next() == noon + 1s);

    CHECK(timers.fire(noon + 1s - 1ns) == 0);
    CHECK(timers.fire(noon + 2s) == 2);
    CHECK(log.called == "ab");
    CHECK(timers.next() == noon + 3s);
    CHECK(timers.fire(noon + 1h) == 1);
    CHECK(log.called == "abc");
    CHECK(timers.next() == std::nullopt);
    CHECK(timers.size() == 0);
}

TEST_CASE("timers of one time are called in the order of adding", "[04][timers]") {
    Timers timers;
    Log log;
    for (const char name : std::string("abcdefgh")) timers.add(noon, log.note(name));
    CHECK(timers.fire(noon) == 8);
    CHECK(log.called == "abcdefgh");
}

TEST_CASE("a cancelled timer is not called", "[04][timers]") {
    Timers timers;
    Log log;
    timers.add(noon, log.note('a'));
    const TimerId cancelled = timers.add(noon, log.note('b'));
    timers.add(noon, log.note('c'));

    CHECK(timers.cancel(cancelled));
    CHECK_FALSE(timers.cancel(cancelled));
    CHECK(timers.fire(noon) == 2);
    CHECK(log.called == "ac");
}

TEST_CASE("only a waiting timer can be cancelled", "[04][timers]") {
    Timers timers;
    const TimerId fired = timers.add(noon, [] {});
    timers.fire(noon);
    CHECK_FALSE(timers.cancel(fired));
    CHECK_FALSE(timers.cancel(TimerId{}));

    // The numbers of timers that are gone aren't given to others.
    timers.add(noon, [] {});
    CHECK_FALSE(timers.cancel(fired));
    CHECK(timers.size() == 1);
}

TEST_CASE("a timer cannot be cancelled by its own callback", "[04][timers]") {
    Timers timers;
    TimerId self;
    bool cancelled = true;
    self = timers.add(noon, [&] { cancelled = timers.cancel(self); });
    CHECK(timers.fire(noon) == 1);
    CHECK_FALSE(cancelled);
}

TEST_CASE("a callback may cancel any other timer", "[04][timers]") {
    Timers timers;
    Log log;
    std::vector<TimerId> ids;
    ids.push_back(timers.add(noon, [&] {
        log.called += 'a';
        CHECK(timers.cancel(ids[1]));  // due now, and the next in line
        CHECK(timers.cancel(ids[3]));  // due later
    }));
    ids.push_back(timers.add(noon, log.note('b')));
    ids.push_back(timers.add(noon, log.note('c')));
    ids.push_back(timers.add(noon + 1s, log.note('d')));

    CHECK(timers.fire(noon) == 2);
    CHECK(log.called == "ac");
    CHECK(timers.size() == 0);
}

TEST_CASE("a timer that a callback adds waits for the next call", "[04][timers]") {
    Timers timers;
    Log log;
    timers.add(noon, [&] {
        log.called += 'a';
        timers.add(noon - 1s, log.note('x'));  // in front of all the others
        timers.add(noon + 1s, log.note('y'));  // among them
        timers.add(noon + 2s, log.note('z'));  // behind them
    });
    timers.add(noon + 2s, log.note('b'));

    CHECK(timers.fire(noon + 2s) == 2);
    CHECK(log.called == "ab");
    CHECK(timers.fire(noon + 2s) == 3);
    CHECK(log.called == "abxyz");
}

TEST_CASE("timers above a given number are left alone", "[04][timers]") {
    Timers timers;
    Log log;
    timers.add(noon, log.note('a'));
    const std::uint64_t last = timers.last_number();
    timers.add(noon - 1s, log.note('b'));

    CHECK(timers.fire(noon, last) == 1);
    CHECK(log.called == "a");
}

TEST_CASE("when a timer throws, the others stay due", "[04][timers]") {
    Timers timers;
    Log log;
    timers.add(noon, log.note('a'));
    const TimerId thrower = timers.add(noon, [] { throw std::runtime_error("thrown"); });
    timers.add(noon, log.note('b'));

    CHECK_THROWS_WITH(timers.fire(noon), "thrown");
    CHECK(log.called == "a");
    CHECK_FALSE(timers.cancel(thrower));
    CHECK(timers.fire(noon) == 1);
    CHECK(log.called == "ab");
}

TEST_CASE("what a timer owns may cancel others as it dies", "[04][timers]") {
    Timers timers;
    Log log;
    TimerId victim;
    const auto killer = [&] {
        return std::shared_ptr<int>(new int, [&](int* number) {
            delete number;
            timers.cancel(victim);
        });
    };
    SECTION("after it was called") {
        timers.add(noon, [owned = killer()] {});
        victim = timers.add(noon, log.note('x'));
        CHECK(timers.fire(noon) == 1);
    }
    SECTION("when it is cancelled") {
        const TimerId id = timers.add(noon, [owned = killer()] {});
        victim = timers.add(noon, log.note('x'));
        CHECK(timers.cancel(id));
    }
    SECTION("when all are cleared") {
        timers.add(noon, [owned = killer()] {});
        victim = timers.add(noon, log.note('x'));
        timers.clear();
    }
    CHECK(log.called.empty());
    CHECK(timers.size() == 0);
}

TEST_CASE("100,000 random steps do what a plain list would do", "[04][timers]") {
    struct Entry {
        TimerId id;
        std::uint64_t number;
    };
    std::mt19937 random(20170519);
    const auto below = [&](std::size_t limit) { return random() % limit; };

    Timers timers;
    std::vector<std::uint64_t> called;
    std::vector<std::uint64_t> expected;
    std::vector<Entry> waiting;
    std::vector<TimerId> gone;
    TimePoint now = noon;

    for (int step = 0; step < 100'000; ++step) {
        const auto kind = below(10);
        if (kind < 6 || waiting.empty()) {
            const auto number = static_cast<std::uint64_t>(step);
            const TimePoint due = now + std::chrono::milliseconds(below(200)) - 20ms;
            const TimerId id = timers.add(due, [&, number] { called.push_back(number); });
            waiting.push_back({id, number});
        } else if (kind < 8) {
            const auto at = waiting.begin() + static_cast<long>(below(waiting.size()));
            REQUIRE(timers.cancel(at->id));
            gone.push_back(at->id);
            waiting.erase(at);
        } else if (kind == 8 && !gone.empty()) {
            REQUIRE_FALSE(timers.cancel(gone[below(gone.size())]));
        } else {
            now += std::chrono::milliseconds(below(20));
            const auto order = [](const Entry& a, const Entry& b) {
                return a.id.due < b.id.due;
            };
            std::stable_sort(waiting.begin(), waiting.end(), order);
            auto later = waiting.begin();
            while (later != waiting.end() && later->id.due <= now) {
                expected.push_back(later->number);
                gone.push_back(later->id);
                ++later;
            }
            REQUIRE(timers.fire(now) == static_cast<std::size_t>(later - waiting.begin()));
            waiting.erase(waiting.begin(), later);
        }
        REQUIRE(timers.size() == waiting.size());
    }
    CHECK(called.size() > 10'000);
    CHECK(called == expected);
}
