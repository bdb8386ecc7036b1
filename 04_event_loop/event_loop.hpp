// The event loop: one thread, any number of waits, each with a callback.
// Read first: callback.hpp, poller.hpp, timers.hpp, clock.hpp. Read next: event_loop.cpp,
// then connection.hpp, a server's use of it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "04_event_loop/callback.hpp"
#include "04_event_loop/clock.hpp"
#include "04_event_loop/poller.hpp"
#include "04_event_loop/timers.hpp"
#include "04_event_loop/wakeup.hpp"

namespace six {

/// Runs callbacks when descriptors are ready, when timers are due, and when other threads
/// post them: all of them on the thread that called `run`, one at a time. So they need no
/// lock, and while one of them computes or blocks, everybody else waits.
///
/// While the loop runs, all members but `post` and `stop` belong to that thread; debug
/// builds assert it. While it doesn't, the loop may be set up or torn down by any one
/// thread. It must outlive its callbacks and all calls; it owns no descriptor but its own.
///
/// In each turn it waits, and then calls: first those whose descriptor is ready, then what
/// was posted, then the timers that are due. What a callback posts and the timers that it
/// sets come in a later turn, so that a callback that posts itself again and again holds up
/// nobody.
///
/// A callback that throws ends `run`, which passes the exception on. Nothing else is lost:
/// when `run` is called again it goes on where it stopped.
class EventLoop {
  public:
    /// Throws std::system_error when the system gives no poller or pipe.
    explicit EventLoop(std::unique_ptr<Poller> poller = make_poller(),
                       Clock& clock = steady_clock());
    /// Destroys the callbacks that are left, uncalled. What they own may still call
    /// `forget` and the `cancel`s as it dies.
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    // --- descriptors ---

    /// Starts to watch `fd`, which is borrowed, non-blocking and in no other loop. A socket
    /// that connects: after connect(2) has been called. Throws std::system_error.
    void watch(int fd);
    /// Stops, and drops the waits on it without calling them. Must come before it is
    /// closed. Safe in any callback, also when `fd` is in the batch of events that is being
    /// handled.
    void forget(int fd);
    /// Calls `callback` once, when reading `fd` may not block any more; never before this
    /// has returned.
    ///
    /// Read first, until it would block or gives less than was asked for: a call is only
    /// sure to come for what arrives after that (or was there before `watch`). Whether
    /// anybody waits when it arrives does not matter: the loop remembers it for the next
    /// wait. So a call can also come for what has been read since, and the read would block
    /// again: then wait again. The end of the stream and errors count as readable.
    ///
    /// One wait for reading at a time; `forget` and `cancel_readable` drop it.
    void when_readable(int fd, Callback callback);
    /// The same for writing.
    void when_writable(int fd, Callback callback);
    /// Drops the wait for reading, if there is one. Its callback is destroyed without being
    /// called.
    void cancel_readable(int fd);
    void cancel_writable(int fd);

    // --- time ---

    /// The time at which this turn of the loop began handling events; between turns, the
    /// clock's time.
    TimePoint now() const { return runs_here() ? now_ : clock_.now(); }
    /// Calls `callback` once `due` has come. In a callback `delay` counts from `now()`, so
    /// all that a turn sets together comes together; a turn that computes for long takes
    /// from it.
    TimerId call_at(TimePoint due, Callback callback);
    TimerId call_after(Duration delay, Callback callback);
    /// True if the timer was waiting. A timer can be cancelled by its own callback: false.
    bool cancel(TimerId id);

    // --- other threads ---

    /// Calls `callback` on the loop's thread, in a later turn, in the order of posting.
    /// From any thread, the loop's own too (there it is cheap: no lock); wakes the loop.
    /// Callbacks that are left when the loop is destroyed are destroyed without being
    /// called.
    template <typename Function>
    void post(Function&& callback);

    // --- running ---

    /// Blocks and handles events until `stop`, or until a callback throws.
    void run();
    /// One turn: waits (not at all if `may_wait` is false) for the first events, handles
    /// them, and returns how many callbacks were called. That can be 0: a signal ends the
    /// wait too.
    std::size_t run_once(bool may_wait = true);
    /// Makes `run` return after the current turn, or at once when it is called next. From
    /// any thread; wakes the loop.
    void stop();

  private:
    enum Direction : std::uint8_t { reading, writing };

    /// What the loop knows of one descriptor.
    struct Watch {
        std::array<Callback, 2> waiters;      // by Direction; empty: nobody waits
        std::array<std::uint8_t, 2> edges{};  // readiness that no callback has been told
        bool watched = false;
    };
    struct Ready {
        int fd;
        Direction direction;
    };

    class Running;

    bool runs_here() const { return here_ == this; }
    bool is_mine() const { return runs_here() || !running_; }
    Watch& watch_of(int fd);
    void wait_for(int fd, Direction direction, Callback&& callback);
    void cancel_wait(int fd, Direction direction);
    void arm(int fd, const Watch& watch);

    std::size_t turn(bool may_wait);
    std::span<const Readiness> wait(bool may_wait);
    std::span<const Readiness> sleep_until(std::optional<TimePoint> due);
    void remember(std::span<const Readiness> events);
    void remember(int fd, Watch& watch, Direction direction, std::uint8_t edges);
    std::size_t call_ready(std::size_t until);
    bool call_next_ready();
    void take_posts();
    void call_posts();
    void post_from_outside(Callback callback);
    void collect_inbox();

    // The loop that runs on this thread. (Cheaper to ask than the thread's number.)
    static constinit inline thread_local const EventLoop* here_ = nullptr;

    // The loop's thread only:
    std::unique_ptr<Poller> poller_;
    const bool edge_triggered_;  // the poller: needs no `arm`
    Clock& clock_;
    TimePoint now_;
    std::vector<Watch> watches_;  // by descriptor: the kernel gives the lowest number first
    std::vector<Ready> ready_;    // waits that have been answered
    std::size_t ready_called_ = 0;      // how many of those have been called
    std::vector<Callback> next_posts_;  // for the next turn
    std::vector<Callback> posts_;       // posted before, for this turn
    std::size_t posts_called_ = 0;      // how many of those have been called
    Timers timers_;

    // Any thread:
    std::atomic<bool> running_ = false;
    std::atomic<bool> stopped_ = false;
    Wakeup wakeup_;
    std::mutex inbox_mutex_;
    std::vector<Callback>
        inbox_;  // under the mutex: posted by others, not yet in next_posts_
    std::atomic<bool> inbox_has_post_ = false;
    std::atomic<bool> asleep_ = false;  // and has to be woken
};

template <typename Function>
void EventLoop::post(Function&& callback) {
    if (!runs_here()) return post_from_outside(std::forward<Function>(callback));
    if (inbox_has_post_) collect_inbox();  // what others posted before comes before
    // Built in its place: moving what was written a moment ago would stall the processor.
    next_posts_.emplace_back(std::forward<Function>(callback));
}

}  // namespace six
