// The loop and time: timers, the virtual clock, and how long it waits.
#include <sys/socket.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "04_event_loop/event_loop.hpp"
#include "04_event_loop/virtual_clock.hpp"
#include "loop_testing.hpp"

using namespace six;
using namespace six::testing;
using namespace std::chrono_literals;

TEST_CASE("an hour passes in no time under a virtual clock", "[04][clock]") {
    VirtualClock clock;
    PollerCounts counts;
    EventLoop loop(std::make_unique<CountingPoller>(make_poller(each_poller()), counts),
                   clock);
    const TimePoint start = clock.now();
    std::vector<Duration> called;
    const auto note = [&] { called.push_back(loop.now() - start); };
    loop.call_after(1h, note);
    loop.call_after(1min, note);
    loop.call_at(start + 1s, [&] {
        note();
        loop.call_after(2s, note);
    });
    while (called.size() < 4) loop.run_once();
    CHECK(called == std::vector<Duration>{1s, 3s, 1min, 1h});
    CHECK(clock.now() - start == 1h);
    CHECK(counts.waits == 0);
}

TEST_CASE("a virtual clock stands still while there is something to do", "[04][clock]") {
    VirtualClock clock;
    EventLoop loop(make_poller(each_poller()), clock);
    const Pair pair = connected_pair();
    std::string called;
    loop.watch(pair.ours.get());
    loop.when_readable(pair.ours.get(), [&] { called += 'r'; });
    loop.call_after(1s, [&] { called += 't'; });
    loop.run_once(false);  // the descriptor's first report

    SECTION("a descriptor is ready") {
        write_to(pair.theirs.get(), "x");
    }
    SECTION("a callback was posted") {
        loop.post([&] { called += 'r'; });
    }
    SECTION("a callback was posted by a callback") {
        loop.post([&] { loop.post([&] { called += 'r'; }); });
        loop.run_once(false);
    }
    const TimePoint start = clock.now();
    CHECK(loop.run_once() == 1);
    CHECK(clock.now() == start);
    CHECK(loop.run_once() == 1);
    CHECK(clock.now() == start + 1s);
    CHECK(called == "rt");
}

TEST_CASE("a virtual clock moves when it is advanced", "[04][clock]") {
    VirtualClock clock;
    EventLoop loop(make_poller(each_poller()), clock);
    int calls = 0;
    loop.call_after(1s, [&] { ++calls; });
    clock.advance(1s - 1ns);
    CHECK(loop.run_once(false) == 0);  // may not wait: so no time passes
    clock.advance(1ns);
    CHECK(loop.run_once(false) == 1);
    CHECK(calls == 1);
}

TEST_CASE("two virtual clocks begin at the same time", "[04][clock]") {
    CHECK(VirtualClock().now() == VirtualClock().now());
}

TEST_CASE("a loop that would wait for ever says so under a virtual clock", "[04][clock]") {
    VirtualClock clock;
    EventLoop loop(make_poller(each_poller()), clock);
    const Pair pair = connected_pair();
    bool called = false;
    loop.watch(pair.ours.get());
    loop.when_readable(pair.ours.get(), [&] { called = true; });
    CHECK_THROWS_AS(loop.run(), std::logic_error);

    write_to(pair.theirs.get(), "x");  // and it can be used afterwards
    CHECK(loop.run_once() == 1);
    CHECK(called);
}

TEST_CASE("now is the same for all callbacks of a turn", "[04][timers]") {
    VirtualClock clock;
    EventLoop loop(make_poller(each_poller()), clock);
    const TimePoint start = loop.now();
    std::vector<Duration> seen;
    const auto compute_for_long = [&] {
        seen.push_back(loop.now() - start);
        clock.advance(1s);
    };
    loop.post(compute_for_long);
    loop.post(compute_for_long);
    loop.run_once();
    CHECK(seen == std::vector<Duration>{0s, 0s});
    CHECK(loop.now() - start == 2s);  // between turns: the clock's
}

TEST_CASE("a timer that a callback sets comes in a later turn, even without delay",
          "[04][timers]") {
    VirtualClock clock;
    EventLoop loop(make_poller(each_poller()), clock);
    const Pair pair = connected_pair();
    std::string called;
    const auto set = [&](char name) {
        return [&, name] { loop.call_after(0s, [&, name] { called += name; }); };
    };
    loop.watch(pair.ours.get());
    loop.when_readable(pair.ours.get(), set('r'));
    write_to(pair.theirs.get(), "x");
    loop.post(set('p'));
    loop.call_after(0s, set('t'));

    CHECK(loop.run_once() == 3);
    CHECK(called.empty());
    CHECK(loop.run_once() == 3);
    CHECK(called == "rpt");
}

TEST_CASE("what has come is handled before the deadline that has passed", "[04][timers]") {
    VirtualClock clock;
    EventLoop loop(make_poller(each_poller()), clock);
    const Pair pair = connected_pair();
    std::string called;
    loop.watch(pair.ours.get());
    loop.run_once(false);
    const TimerId deadline = loop.call_after(1s, [&] { called += "deadline "; });
    loop.when_readable(pair.ours.get(), [&] {
        called += "data ";
        CHECK(loop.cancel(deadline));
    });
    write_to(pair.theirs.get(), "x");
    clock.advance(2s);  // somebody else's callback took so long
    loop.run_once(false);
    loop.run_once(false);
    CHECK(called == "data ");
}

TEST_CASE("a cancelled timer does not wake the loop", "[04][timers]") {
    VirtualClock clock;
    EventLoop loop(make_poller(each_poller()), clock);
    const TimePoint start = clock.now();
    bool called = false;
    const TimerId id = loop.call_after(1s, [&] { called = true; });
    loop.call_after(2s, [] {});
    CHECK(loop.cancel(id));
    CHECK_FALSE(loop.cancel(id));
    CHECK(loop.run_once() == 1);
    CHECK(clock.now() == start + 2s);
    CHECK_FALSE(called);
}

TEST_CASE("a delay may be longer than time itself", "[04][timers]") {
    EventLoop loop(make_poller(each_poller()));
    const TimerId never = loop.call_after(Duration::max(), [] {});
    const TimerId end_of_time = loop.call_at(TimePoint::max(), [] {});
    const TimerId long_ago = loop.call_at(TimePoint::min(), [] {});
    CHECK(loop.run_once() == 1);
    CHECK_FALSE(loop.cancel(long_ago));
    loop.post([] {});
    CHECK(loop.run_once() == 1);
    CHECK(loop.cancel(never));
    CHECK(loop.cancel(end_of_time));
}

TEST_CASE("a loop waits for its timer: no turn is spent on asking again", "[04][timers]") {
    PollerCounts counts;
    EventLoop loop(std::make_unique<CountingPoller>(make_poller(each_poller()), counts));
    for (const auto delay : {300'000ns, 1'000'000ns, 7'700'000ns}) {
        const TimePoint due = loop.now() + delay;
        bool called = false;
        loop.call_at(due, [&] {
            called = true;
            CHECK(std::chrono::steady_clock::now() >= due);
        });
        CHECK(loop.run_once() == 1);
        CHECK(called);
    }
    CHECK(counts.waits <= 3);
    CHECK(counts.looks <= 3);  // when it was due already
}

TEST_CASE("a loop with nothing to do sleeps", "[04][timers]") {
    PollerCounts counts;
    EventLoop loop(std::make_unique<CountingPoller>(make_poller(each_poller()), counts));
    Pair pair = connected_pair();
    loop.watch(pair.ours.get());
    write_to(pair.theirs.get(), "x");
    pair.theirs.close();  // ready for ever, but nobody waits for it
    loop.run_once(false);
    loop.call_after(20ms, [&] { loop.stop(); });
    loop.run();
    CHECK(counts.waits <= 2);
}
