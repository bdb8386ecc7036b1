// What the tests on a loop share: a loop on each poller, time that jumps, and connections
// without a network.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>
#include <system_error>

#include "01_blocking/socket.hpp"
#include "04_event_loop/event_loop.hpp"
#include "04_event_loop/virtual_clock.hpp"
#include "05_coroutines/async_socket.hpp"
#include "05_coroutines/awaiters.hpp"
#include "05_coroutines/sync_wait.hpp"
#include "common/testing/catch.hpp"

/// The test is run once for each poller that there is.
#define SIX_EACH_POLLER six::make_poller(GENERATE(from_range(six::poller_names())))

namespace six::test {

using namespace std::chrono_literals;

/// A loop under a virtual clock.
struct VirtualLoop {
    explicit VirtualLoop(std::unique_ptr<Poller> poller) : loop(std::move(poller), clock) {}
    /// How much time has passed since the loop was made.
    Duration elapsed() const { return clock.now() - start; }

    /// Runs until something has happened. (A turn can pass in which nothing does.)
    void run_one() {
        while (loop.run_once() == 0) {}
    }
    /// True if nothing can ever happen again: no timer is set, nothing is ready or posted.
    bool has_nothing_to_do() {
        try {
            run_one();
        } catch (const std::logic_error&) {
            return true;
        }
        return false;
    }

    VirtualClock clock;
    EventLoop loop;
    TimePoint start = clock.now();
};

/// A connection: what is sent at one end is received at the other at once.
struct Connection {
    Connection() {
        std::signal(SIGPIPE, SIG_IGN);
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0)
            throw std::system_error(errno, std::generic_category(), "socketpair");
        server = UniqueFd{ends[0]};
        client = UniqueFd{ends[1]};
        set_mode(server.get(), Mode::non_blocking);
        set_mode(client.get(), Mode::non_blocking);
    }
    UniqueFd server;
    UniqueFd client;
};

inline Task<void> nap(EventLoop& loop, Duration duration) {
    co_await sleep_for(loop, duration);
}

/// The task, unless it is cancelled, or `stop` is.
template <class T>
Task<T> until_cancelled(CancellationScope& stop, Task<T> task) {
    CancellationScope& ours = co_await current_scope();
    CancellationScope scope;
    const ScopeLink link(ours, scope);
    const ScopeLink stop_link(stop, scope);
    co_return co_await std::move(task).in(scope);
}

/// A nap with a result.
template <class T>
Task<T> give_after(EventLoop& loop, Duration duration, T value) {
    co_await sleep_for(loop, duration);
    co_return value;
}

/// Waits for something that never comes.
inline Task<void> wait_for_ever(EventLoop& loop) {
    while (true) co_await sleep_for(loop, std::chrono::hours{24});
}

}  // namespace six::test
