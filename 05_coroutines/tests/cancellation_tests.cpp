// Ending waits early: who goes on when, with what, and that nothing is left behind.
#include "05_coroutines/cancellation.hpp"

#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "05_coroutines/tests/loops.hpp"
#include "05_coroutines/tests/probe.hpp"
#include "05_coroutines/when_all.hpp"
#include "05_coroutines/with_timeout.hpp"

using namespace six;
using namespace six::test;

namespace {

/// Tells a log when a scope is left.
struct Leaving {
    std::string& log;
    ~Leaving() { log += "left "; }
};

Task<void> log_nap(EventLoop& loop, std::string& log) {
    const Leaving leaving{log};
    try {
        co_await sleep_for(loop, 1h);
        log += "slept ";
    } catch (const Cancelled&) {
        log += "cancelled ";
        throw;
    }
}

}  // namespace

TEST_CASE("a cancelled task leaves its scopes on the normal way out", "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    TaskGroup group;
    group.spawn(log_nap(on.loop, log));
    group.cancel();
    on.loop.run_once();
    CHECK(log == "cancelled left ");
    CHECK(group.size() == 0);
    CHECK(on.elapsed() == 0s);
}

TEST_CASE("cancelling runs no task before the loop's next turn", "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    TaskGroup group;
    for (int i = 0; i < 3; ++i) group.spawn(log_nap(on.loop, log));
    group.cancel();
    CHECK(log.empty());
    CHECK(group.size() == 3);
    on.loop.run_once();
    CHECK(group.size() == 0);
}

TEST_CASE("cancelling reaches the wait through all the tasks between", "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    const auto middle = [&]() -> Task<void> { co_await log_nap(on.loop, log); };
    const auto top = [&]() -> Task<void> { co_await middle(); };
    TaskGroup group;
    group.spawn(top());
    group.cancel();
    on.loop.run_once();
    CHECK(log == "cancelled left ");
}

TEST_CASE("cancelling twice is cancelling once", "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    TaskGroup group;
    group.spawn(log_nap(on.loop, log));
    group.cancel();
    group.cancel();
    on.loop.run_once();
    group.cancel();
    on.loop.run_once(false);
    CHECK(log == "cancelled left ");
}

TEST_CASE("cancelling what has finished does nothing", "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    CancellationScope scope;
    const auto user = [&]() -> Task<int> {
        co_return co_await give_after(on.loop, 1s, 5).in(scope);
    };
    CHECK(sync_wait(on.loop, user()) == 5);
    scope.cancel();
    on.loop.run_once(false);
}

TEST_CASE("a task that cancels itself learns of it at its next wait", "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    const auto suicidal = [&]() -> Task<void> {
        (co_await current_scope()).cancel();
        log += "still here ";
        co_await log_nap(on.loop, log);
        log += "never ";
    };
    CHECK_THROWS_AS(sync_wait(on.loop, suicidal()), Cancelled);
    CHECK(log == "still here cancelled left ");
}

TEST_CASE("once cancelled, every further wait is refused", "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    int refused = 0;
    const auto stubborn = [&]() -> Task<void> {
        for (int i = 0; i < 3; ++i) {
            try {
                co_await sleep_for(on.loop, 1h);
            } catch (const Cancelled&) {
                ++refused;
            }
        }
    };
    TaskGroup group;
    group.spawn(stubborn());
    group.cancel();
    on.loop.run_once();
    CHECK(refused == 3);
    CHECK(group.size() == 0);
}

TEST_CASE("a handler for errors lets a cancellation pass", "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    const auto careless = [&]() -> Task<void> {
        try {
            co_await log_nap(on.loop, log);
        } catch (const std::exception&) {
            log += "swallowed";
        }
    };
    TaskGroup group;
    group.spawn(careless());
    group.cancel();
    on.loop.run_once();
    CHECK(log == "cancelled left ");
}

TEST_CASE("a task dropped between its cancellation and its resumption just ends",
          "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Connection connection;
    AsyncSocket socket(on.loop, std::move(connection.server));
    std::string log;
    const auto reader = [&]() -> Task<void> {
        const Leaving leaving{log};
        std::array<char, 10> buffer;
        log += std::to_string(co_await socket.receive(buffer));
    };
    {
        TaskGroup group;
        group.spawn(log_nap(on.loop, log));
        group.spawn(reader());
        group.cancel();
    }
    on.loop.run_once(false);
    CHECK(log == "left left ");
}

TEST_CASE("a wait that is over is not cancelled with the next one", "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Connection connection;
    AsyncSocket socket(on.loop, std::move(connection.server));
    std::array<char, 1> buffer;
    std::string log;
    const auto reader = [&]() -> Task<void> {
        try {
            // The first wait's awaiter lives until the end of the expression.
            const std::size_t received =
                co_await socket.receive(buffer) + co_await socket.receive(buffer);
            log += std::to_string(received);
        } catch (const Cancelled&) {
            log += "cancelled ";
        }
    };
    TaskGroup group;
    group.spawn(reader());
    REQUIRE(send_all(connection.client.get(), "x"));
    on.loop.run_once();
    group.cancel();
    for (int i = 0; i < 5; ++i) on.loop.run_once(false);
    CHECK(log == "cancelled ");
    CHECK(group.size() == 0);
}

TEST_CASE("what is ready in the turn in which it is cancelled goes on once",
          "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Connection connection;
    AsyncSocket socket(on.loop, std::move(connection.server));
    int ends = 0;
    const auto reader = [&]() -> Task<void> {
        std::array<char, 10> buffer;
        try {
            if (co_await socket.receive(buffer) == 1) ++ends;
        } catch (const Cancelled&) {
            ++ends;
        }
    };
    TaskGroup group;
    group.spawn(reader());
    REQUIRE(send_all(connection.client.get(), "x"));

    SECTION("cancelled before the event is handled") {
        group.cancel();
    }
    SECTION("cancelled after it") {
        on.loop.run_once();
        group.cancel();
    }
    SECTION("cancelled in the same turn, by a callback") {
        on.loop.post([&] { group.cancel(); });
    }
    SECTION("cancelled in the same turn, by a timer") {
        on.loop.call_after(0s, [&] { group.cancel(); });
    }
    for (int i = 0; i < 5; ++i) on.loop.run_once(false);
    CHECK(ends == 1);
    CHECK(group.size() == 0);
}

TEST_CASE("a timer that is due in the turn in which it is cancelled goes on once",
          "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    int ends = 0;
    const auto sleeper = [&](Duration duration) -> Task<void> {
        try {
            co_await sleep_for(on.loop, duration);
            ++ends;
        } catch (const Cancelled&) {
            ++ends;
        }
    };
    TaskGroup group;
    group.spawn(sleeper(1s));
    on.loop.call_after(1s, [&] { group.cancel(); });
    group.spawn(sleeper(1s));
    while (group.size() > 0) on.loop.run_once();
    CHECK(ends == 2);
    CHECK(on.elapsed() == 1s);
}

TEST_CASE("a shielded task is not cancelled, and what comes after it is", "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::string log;
    const auto polite = [&]() -> Task<void> {
        co_await shielded(nap(on.loop, 2s));
        log += "said goodbye ";
        co_await log_nap(on.loop, log);
    };
    TaskGroup group;
    group.spawn(polite());
    SECTION("cancelled while it runs") {
        group.cancel();
    }
    SECTION("cancelled later") {
        on.loop.call_after(3s, [&] { group.cancel(); });
    }
    while (group.size() > 0) on.loop.run_once();
    CHECK(log == "said goodbye cancelled left ");
}

TEST_CASE("a shielded task can be started when it is too late for all else",
          "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    const auto polite = [&]() -> Task<int> {
        (co_await current_scope()).cancel();
        co_return co_await shielded(give_after(on.loop, 1s, 7));
    };
    CHECK(sync_wait(on.loop, polite()) == 7);
}

TEST_CASE("one stop ends the waits of many tasks, and nothing else that they do",
          "[05][cancel]") {
    VirtualLoop on(SIX_EACH_POLLER);
    CancellationScope stop;
    int idle = 0;
    int finished = 0;
    const auto connection = [&](bool busy) -> Task<void> {
        try {
            co_await until_cancelled(stop, nap(on.loop, busy ? 1s : 1h));
        } catch (const Cancelled&) {
            ++idle;
            co_return;
        }
        co_await sleep_for(on.loop, 5s);
        ++finished;
    };
    TaskGroup group;
    for (int i = 0; i < 10; ++i) group.spawn(connection(i < 4));
    on.loop.call_after(2s, [&] { stop.cancel(); });
    while (group.size() > 4) on.loop.run_once();
    CHECK(idle == 6);
    CHECK(finished == 0);
    CHECK(on.elapsed() == 2s);
    while (group.size() > 0) on.loop.run_once();
    CHECK(finished == 4);
}

// --- chance ---

namespace {

/// Tasks that wait in all the ways there are, and are disturbed in all of them.
class Storm {
  public:
    Storm(EventLoop& loop, unsigned seed) : loop_(loop), random_(seed) {}

    /// A client's task: some waits, one after another.
    Task<void> client(AsyncSocket socket) {
        const Probe probe;
        for (int i = 0; i < 10; ++i) {
            try {
                co_await wait(socket, 3);
            } catch (const TimedOut&) {
                ++timed_out;
            }
        }
    }

    /// What the world does: sends, hangs up, cancels, and lets time pass.
    Task<void> weather(std::vector<UniqueFd>& peers) {
        for (int i = 0; i < 200; ++i) {
            UniqueFd& peer = peers[pick(peers.size())];
            switch (pick(4)) {
                case 0: co_await sleep_for(loop_, some_time()); break;
                case 1: stops_[pick(stops_.size())].cancel(); break;
                case 2: peer.close(); break;
                default:
                    if (peer) std::ignore = send_all(peer.get(), "some bytes");
            }
        }
    }

    int begun = 0;
    int ended = 0;
    int timed_out = 0;

  private:
    /// Counts a wait, and its end in whatever way.
    class Counted {
      public:
        explicit Counted(Storm& storm) : storm_(storm) { ++storm_.begun; }
        ~Counted() { ++storm_.ended; }
        Counted(const Counted&) = delete;
        Counted& operator=(const Counted&) = delete;

      private:
        Storm& storm_;
    };

    std::size_t pick(std::size_t count) { return random_() % count; }
    Duration some_time() { return std::chrono::milliseconds(pick(5)); }

    Task<void> receive(AsyncSocket& socket) {
        const Counted counted(*this);
        std::array<char, 4> buffer;
        if (co_await socket.receive(buffer) == 0) co_await sleep_for(loop_, 1ms);
    }
    Task<void> sleep() {
        const Counted counted(*this);
        co_await sleep_for(loop_, some_time());
    }
    Task<void> wait(AsyncSocket& socket, int depth) {
        const Counted counted(*this);
        const Probe probe;
        if (depth == 0) co_return co_await receive(socket);
        switch (pick(6)) {
            case 0: co_return co_await sleep();
            case 1: co_return co_await receive(socket);
            case 2: co_await when_all(sleep(), wait(socket, depth - 1), sleep()); co_return;
            case 3: co_return co_await timed(wait(socket, depth - 1));
            case 4: co_return co_await shielded(timed(wait(socket, depth - 1)));
            default:
                co_await until_cancelled(stops_[pick(stops_.size())],
                                         wait(socket, depth - 1));
        }
    }
    Task<void> timed(Task<void> task) {
        return with_timeout(loop_, some_time(), std::move(task));
    }

    EventLoop& loop_;
    std::mt19937 random_;
    std::array<CancellationScope, 40> stops_;
};

}  // namespace

TEST_CASE("in any storm, each wait ends once and nothing is left", "[05][cancel][random]") {
    const unsigned seed = GENERATE(range(1U, 101U));
    CAPTURE(seed);
    VirtualLoop on(make_poller(poller_names()[seed % poller_names().size()]));
    Storm storm(on.loop, seed);
    std::vector<UniqueFd> peers;
    {
        TaskGroup clients;
        for (int i = 0; i < 30; ++i) {
            Connection connection;
            peers.push_back(std::move(connection.client));
            clients.spawn(storm.client(AsyncSocket(on.loop, std::move(connection.server))));
        }
        sync_wait(on.loop, storm.weather(peers));
        if (seed % 3 != 0) {  // else they are destroyed where they wait
            clients.cancel();
            sync_wait(on.loop, clients.join());
            CHECK(clients.size() == 0);
        }
    }
    CHECK(storm.begun > 100);
    CHECK(storm.ended == storm.begun);
    CHECK(Probe::alive() == 0);
    CHECK(on.loop.run_once(false) == 0);  // no callback is left
}
