// The load generator of the benchmark: one thread that asks the same question on many
// connections, as fast as it is answered. It must not be slower than the servers it
// measures, so it has no tasks, no parser and no timers: it receives on all sockets that
// are ready, then sends on all of them. Over 90 % of its time is the kernel's, in TCP, for
// which io_uring has no shorter way: instead of epoll it gained nothing. So beside a fast
// server it is as busy as the server is, and results.hpp compares the servers' CPU time,
// too. Linux only (epoll). Read before: answer_frame.hpp.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
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

/// What every connection asks, again and again.
struct Question {
    std::string head;
    std::chrono::nanoseconds pause{0};  ///< after it; 0: `head` is all of the request
    std::string body = {};              ///< after the pause
};

/// What came of a run.
struct Tally {
    std::uint64_t answered = 0;  ///< with status 200
    std::uint64_t refused = 0;   ///< with another status
    std::uint64_t broken = 0;    ///< connections that ended without an answer
    std::chrono::duration<double> time{};
    std::chrono::duration<double> own_cpu{};  ///< of the generator's thread
    std::chrono::duration<double>
        server_cpu{};  ///< user and system, where it was asked for
    /// From sending to having received, of every answer. The clock is read once a turn, so
    /// one turn of the generator is in it.
    bench::Histogram latency;

    double per_second() const;
    /// The share of its time that the generator was on the CPU, 0 to 1.
    double own_share() const;
    double server_share() const;  ///< the same of the server; above 1 on several cores
    double server_us() const;     ///< the server's time on the CPU for each answer
};

/// A closed loop: each connection has one request under way. One thread.
class Generator {
  public:
    /// Opens the connections, one after another, and keeps them open. Throws
    /// std::system_error.
    Generator(const testing::Address& server, Question question, int connections);
    Generator(const Generator&) = delete;

    /// Blocks until the goal is reached, then takes the answers that are still under way
    /// without counting them (for two seconds; who then has none is connected again).
    /// A connection that the server has closed is replaced. Throws std::system_error when
    /// nobody listens any more.
    Tally run(const Goal& goal);
    /// Its first part, and its second.
    Tally measure(const Goal& goal);
    void settle();
    /// Before `measure`: begins, and goes on until there are as many answers as
    /// connections, or for `at_most`; counts nothing. What is measured then is a steady
    /// flow, in which as many requests begin as end. Without it a short run has more heads
    /// than answers in it, by one for each connection.
    void run_up(std::chrono::nanoseconds at_most);

  private:
    using Clock = std::chrono::steady_clock;
    struct Connection {
        testing::Descriptor socket;
        std::string received;  // the beginning of an answer; mostly empty
        Clock::time_point sent{};
        Clock::time_point due{};  // its pause's end
        bool waiting = false;     // for an answer
    };
    struct Pause {
        Clock::time_point due;
        Connection* connection;
    };

    void open(Connection& connection);
    void replace_closed();
    void begin();
    /// Until the goal is reached or so many are answered.
    void go_on(const Goal& goal, std::uint64_t answers, Tally& tally);
    void give_up();
    void pause_until(Clock::time_point due, Connection& connection);
    void end_pauses(Clock::time_point now, Tally& tally);
    int wait(Clock::time_point until);
    void send_requests(Clock::time_point now, std::uint64_t& left, Tally& tally);
    void receive_answers(Clock::time_point until, Tally& tally);
    void receive(Connection& connection, bool ending, Tally& tally);
    void take(Connection& connection, std::string_view bytes, Tally& tally);
    void lose(Connection& connection, Tally& tally);

    testing::Address server_;
    Question question_;
    testing::Descriptor poller_;
    std::vector<Connection> connections_;  // never grows: the poller knows their addresses
    std::vector<Connection*> idle_;        // may send their next request
    std::vector<Connection*> answered_;    // in this turn
    std::deque<Pause>
        pauses_;  // all are equally long: the first to come is the first to go
    std::size_t waiting_ = 0;
    bool begun_ = false;  // by run_up; measure goes on
    std::array<epoll_event, 1024> events_{};
    std::array<char, 65536> buffer_{};  // what is received is used before the next recv
};

}  // namespace six::speed
