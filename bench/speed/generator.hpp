// The load generator of the benchmark: one thread that asks the same question on many
// connections, as fast as it is answered. It must be faster than every server it measures,
// so it has no tasks, no parser and no timers: it receives on all sockets that are ready,
// then sends on all of them. Linux only (epoll). Read before: answer_frame.hpp.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/histogram.hpp"
#include "common/testing/client.hpp"
#include "common/testing/descriptor.hpp"

namespace six::speed {

/// When a run is over: whichever comes first.
struct Goal {
    std::chrono::nanoseconds time{};
    std::uint64_t requests = UINT64_MAX;  ///< no more than these are sent
};

/// What came of a run.
struct Tally {
    std::uint64_t answered = 0;  ///< with status 200
    std::uint64_t refused = 0;   ///< with another status
    std::uint64_t broken = 0;    ///< connections that ended without an answer
    std::chrono::duration<double> time{};
    std::chrono::duration<double> own_cpu{};  ///< of the generator's thread
    /// From sending to having received, of every answer. The clock is read once a turn, so
    /// one turn of the generator is in it.
    bench::Histogram latency;

    double per_second() const;
    /// The share of its time that the generator was on the CPU, 0 to 1.
    double own_share() const;
};

/// A closed loop: each connection has one request under way. One thread.
class Generator {
  public:
    /// Opens the connections, one after another, and keeps them open. Throws
    /// std::system_error.
    Generator(const testing::Address& server, std::string request, int connections);
    Generator(const Generator&) = delete;

    /// Blocks until the goal is reached, then takes the answers that are still under way
    /// without counting them (for two seconds; who then has none is connected again).
    /// A connection that the server has closed is replaced. Throws std::system_error when
    /// nobody listens any more.
    Tally run(const Goal& goal);

  private:
    using Clock = std::chrono::steady_clock;
    struct Connection {
        testing::Descriptor socket;
        std::string received;  // the beginning of an answer; mostly empty
        Clock::time_point sent{};
        bool waiting = false;  // for an answer
    };

    void open(Connection& connection);
    void replace_closed();
    void send_requests(Clock::time_point now, std::uint64_t& left, Tally& tally);
    void receive_answers(Clock::time_point until, Tally& tally);
    void receive(Connection& connection, bool ending, Tally& tally);
    void take(Connection& connection, std::string_view bytes, Tally& tally);
    void lose(Connection& connection, Tally& tally);
    void settle();

    testing::Address server_;
    std::string request_;
    testing::Descriptor poller_;
    std::vector<Connection> connections_;  // never grows: the poller knows their addresses
    std::vector<Connection*> idle_;        // may send their next request
    std::vector<Connection*> answered_;    // in this turn
    std::size_t waiting_ = 0;
    std::array<epoll_event, 1024> events_{};
    std::array<char, 65536> buffer_{};  // what is received is used before the next recv
};

}  // namespace six::speed
