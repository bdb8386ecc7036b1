// How many connections the server has, and no more: the others wait in the kernel's queue
// of the listener, where one costs us nothing. Read next: server.cpp, which asks before it
// accepts.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

#include "05_coroutines/awaiters.hpp"

namespace six::full {

/// Counts connections. Must outlive its tickets; the loop must outlive it.
class Admission {
  public:
    /// `loop` is borrowed: that of the task that accepts. `most`: at least 1.
    Admission(EventLoop& loop, std::size_t most) : loop_(loop), most_(most) {}

    /// A place, taken as long as it lives. Move-only. On any thread.
    class Ticket {
      public:
        explicit Ticket(Admission& all) noexcept : all_(&all) { ++all.taken_; }
        Ticket(Ticket&& other) noexcept : all_(std::exchange(other.all_, nullptr)) {}
        Ticket& operator=(Ticket&&) = delete;
        ~Ticket() {
            if (all_) all_->give_back();
        }

      private:
        Admission* all_;
    };

    bool has_place() const noexcept { return taken_ < most_; }

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
    void give_back();
    void wake();

    EventLoop& loop_;
    const std::size_t most_;
    std::atomic<std::size_t> taken_ = 0;
    PlaceWait* waiting_ = nullptr;  // the loop's thread only
};

}  // namespace six::full
