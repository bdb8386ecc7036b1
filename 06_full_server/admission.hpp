// How many connections the server has, and no more: the others wait in the kernel's queue
// of the listener, where one costs us nothing. And how many of them may come from one
// address. Read next: server.cpp, which asks before it accepts.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "05_coroutines/awaiters.hpp"

namespace six::full {

/// Counts connections. Must outlive its tickets; the loop must outlive it.
class Admission {
  public:
    struct Limits {
        std::size_t all = 100'000;            ///< connections; at least 1
        std::size_t one_network = 1'000'000;  ///< of them, from one network
    };

    /// `loop` is borrowed: that of the task that accepts.
    Admission(EventLoop& loop, const Limits& limits) : loop_(loop), limits_(limits) {}

    /// How many places each network has. One that is in it stays where it is.
    using Networks = std::map<std::string, std::size_t>;

    /// A place, taken as long as it lives. Move-only. On any thread.
    class Ticket {
      public:
        Ticket(Ticket&& other) noexcept
            : all_(std::exchange(other.all_, nullptr)), network_(other.network_) {}
        Ticket& operator=(Ticket&&) = delete;
        ~Ticket() {
            if (all_) all_->give_back(network_);
        }

      private:
        friend class Admission;
        Ticket(Admission& all, Networks::iterator network) noexcept
            : all_(&all), network_(network) {}
        Admission* all_;
        Networks::iterator network_;
    };

    /// The house is closing: nobody is let in, and no client is asked for more. On any
    /// thread.
    void close() noexcept { closed_ = true; }
    bool closed() const noexcept { return closed_; }

    bool has_place() const noexcept { return taken_ < limits_.all; }
    /// A place for a client from `network`, even if none is free: see `place`. Empty: that
    /// network has its share already. Takes a lock, which nobody holds for long.
    std::optional<Ticket> admit(std::string network);

    /// Suspends until there is a place. One task at a time, on the loop's thread. Throws
    /// Cancelled.
    class PlaceWait final : public LoopWait {
      public:
        explicit PlaceWait(Admission& all) noexcept : LoopWait(all.loop_), all_(all) {}
        ~PlaceWait() override {
            if (all_.waiting_ == this) disarm();
        }
        bool await_ready() const noexcept { return all_.has_place(); }
        void await_resume() const { throw_if_cancelled(); }

      private:
        friend class Admission;
        void arm() override;
        void disarm() noexcept override { all_.waiting_ = nullptr; }
        Admission& all_;
    };
    PlaceWait place() noexcept { return PlaceWait{*this}; }

  private:
    void give_back(Networks::iterator network);
    void wake();

    EventLoop& loop_;
    const Limits limits_;
    std::atomic<bool> closed_ = false;
    std::atomic<std::size_t> taken_ = 0;
    std::mutex mutex_;
    Networks taken_by_;             // guarded by mutex_; no zeros
    PlaceWait* waiting_ = nullptr;  // the loop's thread only
};

/// Where the client of a socket comes from: its IPv4 address, or the first half of its IPv6
/// address, since whoever has one of those has all that begin so (RFC 4291, 2.5.4). Without
/// an address: nothing.
std::string network_of(int socket);

}  // namespace six::full
