// The event loop's one turn is `turn`, below; the rest serves it.
// Read next: nonblocking.hpp, connection.hpp.
#include "04_event_loop/event_loop.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <optional>

namespace six {

using namespace std::chrono_literals;

/// Marks the loop as running on this thread, for a scope.
class EventLoop::Running {
  public:
    explicit Running(EventLoop& loop) : loop_(loop), before_(std::exchange(here_, &loop)) {
        [[maybe_unused]] const bool already = loop_.running_.exchange(true);
        assert(!already && "the loop is running already");
    }
    ~Running() {
        here_ = before_;
        loop_.running_ = false;
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

  private:
    EventLoop& loop_;
    const EventLoop* before_;
};

EventLoop::EventLoop(std::unique_ptr<Poller> poller, Clock& clock)
    : poller_(std::move(poller)),
      edge_triggered_(poller_->edge_triggered()),
      clock_(clock),
      now_(clock.now()) {
    poller_->add(wakeup_.fd());
    poller_->arm(wakeup_.fd(), {.read = true});
}

EventLoop::~EventLoop() {
    assert(!running_ && "the loop is running still");
    // One by one, while the loop is whole: what a callback owns may use the loop as it
    // dies.
    for (std::size_t fd = 0; fd < watches_.size(); ++fd)
        std::exchange(watches_[fd].waiters, {});
    timers_.clear();
    collect_inbox();
    posts_.clear();
    next_posts_.clear();
}

// --- descriptors ---

void EventLoop::watch(int fd) {
    assert(is_mine());
    const auto index = static_cast<std::size_t>(fd);
    if (index >= watches_.size()) watches_.resize(index + 1);
    assert(!watches_[index].watched);
    poller_->add(fd);
    watches_[index].watched = true;
}

void EventLoop::forget(int fd) {
    // Its callbacks are destroyed last: what they own may use the loop.
    const Watch dropped = std::exchange(watch_of(fd), {});
    poller_->remove(fd);
}

EventLoop::Watch& EventLoop::watch_of(int fd) {
    assert(is_mine());
    Watch& watch = watches_[static_cast<std::size_t>(fd)];
    assert(watch.watched);
    return watch;
}

void EventLoop::when_readable(int fd, Callback callback) {
    wait_for(fd, reading, std::move(callback));
}
void EventLoop::when_writable(int fd, Callback callback) {
    wait_for(fd, writing, std::move(callback));
}
void EventLoop::wait_for(int fd, Direction direction, Callback&& callback) {
    Watch& watch = watch_of(fd);
    assert(callback);
    assert(!watch.waiters[direction] && "somebody waits for this already");
    watch.waiters[direction] = std::move(callback);
    if (watch.edges[direction] > 0)
        ready_.push_back({fd, direction});  // it came while nobody waited
    else
        arm(fd, watch);
}

void EventLoop::cancel_readable(int fd) {
    cancel_wait(fd, reading);
}
void EventLoop::cancel_writable(int fd) {
    cancel_wait(fd, writing);
}
void EventLoop::cancel_wait(int fd, Direction direction) {
    Watch& watch = watch_of(fd);
    const Callback dropped = std::move(watch.waiters[direction]);
    arm(fd, watch);
}

void EventLoop::arm(int fd, const Watch& watch) {
    if (edge_triggered_) return;
    const auto& [reader, writer] = watch.waiters;
    poller_->arm(fd, {.read = bool(reader), .write = bool(writer)});
}

// --- time ---

TimerId EventLoop::call_at(TimePoint due, Callback callback) {
    assert(is_mine());
    return timers_.add(due, std::move(callback));
}

TimerId EventLoop::call_after(Duration delay, Callback callback) {
    const TimePoint start = now();
    const bool countable = delay < TimePoint::max() - start;
    return call_at(countable ? start + delay : TimePoint::max(), std::move(callback));
}

bool EventLoop::cancel(TimerId id) {
    assert(is_mine());
    return timers_.cancel(id);
}

// --- other threads ---

void EventLoop::post_from_outside(Callback callback) {
    {
        const std::lock_guard lock(inbox_mutex_);
        inbox_.push_back(std::move(callback));
        inbox_has_post_ = true;
    }
    // Only a loop that sleeps has to be woken, and only once: see `wait`.
    if (asleep_.exchange(false)) wakeup_.signal();
}

void EventLoop::collect_inbox() {
    if (!inbox_has_post_) return;
    const std::lock_guard lock(inbox_mutex_);
    std::move(inbox_.begin(), inbox_.end(), std::back_inserter(next_posts_));
    inbox_.clear();
    inbox_has_post_ = false;
}

void EventLoop::stop() {
    stopped_ = true;
    if (!runs_here()) wakeup_.signal();
}

// --- running ---

void EventLoop::run() {
    const Running running(*this);
    while (!stopped_.exchange(false)) turn(true);
}

std::size_t EventLoop::run_once(bool may_wait) {
    const Running running(*this);
    return turn(may_wait);
}

// #region turn
std::size_t EventLoop::turn(bool may_wait) {
    remember(wait(may_wait));
    now_ = clock_.now();
    collect_inbox();
    take_posts();

    // What these callbacks add comes behind these, and so in the next turn.
    const std::size_t ready = ready_.size();
    const std::size_t posts = posts_.size() - posts_called_;
    const std::uint64_t last_timer = timers_.last_number();

    const std::size_t ready_called = call_ready(ready);
    call_posts();
    return ready_called + posts + timers_.fire(now_, last_timer);
}
// #endregion

std::span<const Readiness> EventLoop::wait(bool may_wait) {
    const bool busy = !ready_.empty() || !next_posts_.empty() || inbox_has_post_ ||
                      posts_called_ < posts_.size();
    if (busy || !may_wait) return poller_->wait(0ns);

    const std::optional<TimePoint> next = timers_.next();
    if (clock_.is_virtual()) {
        const auto ready = poller_->wait(0ns);
        if (ready.empty()) clock_.skip_to(next);
        return ready;
    }
    return sleep_until(next);
}

/// First it says that it sleeps, then it looks for posts once more. Whoever posts does it
/// the other way round: so one of the two sees the other, and no post is slept through.
std::span<const Readiness> EventLoop::sleep_until(std::optional<TimePoint> due) {
    Poller::Timeout timeout = Poller::for_ever;
    if (due) {
        const TimePoint now = clock_.now();
        timeout = std::max(*due, now) - now;
    }
    asleep_ = true;
    if (inbox_has_post_) timeout = 0ns;
    const auto ready = poller_->wait(timeout);
    asleep_ = false;
    return ready;
}

/// Remembers what has become ready. All of it, before the first callback is called: that
/// may close any of these descriptors and open others with the same numbers, and `forget`
/// clears what was remembered of the old ones.
void EventLoop::remember(std::span<const Readiness> events) {
    for (const Readiness& event : events) {
        if (event.fd == wakeup_.fd()) {
            wakeup_.drain();
            continue;
        }
        Watch& watch = watch_of(event.fd);
        // The end comes without an edge of its own: without the second count, a reader of
        // the last bytes that waits again would wait for ever.
        if (event.readable) remember(event.fd, watch, reading, event.ended ? 2 : 1);
        if (event.writable) remember(event.fd, watch, writing, 1);
    }
}

void EventLoop::remember(int fd, Watch& watch, Direction direction, std::uint8_t edges) {
    watch.edges[direction] = edges;
    if (watch.waiters[direction]) ready_.push_back({fd, direction});
}

std::size_t EventLoop::call_ready(std::size_t until) {
    std::size_t called = 0;
    while (ready_called_ < until) called += call_next_ready();
    ready_.erase(ready_.begin(),
                 ready_.begin() + static_cast<std::ptrdiff_t>(ready_called_));
    ready_called_ = 0;
    return called;
}

bool EventLoop::call_next_ready() {
    const auto [fd, direction] = ready_[ready_called_++];
    Watch& watch = watches_[static_cast<std::size_t>(fd)];
    // Somebody may have cancelled the wait or forgotten the descriptor meanwhile.
    if (watch.edges[direction] == 0 || !watch.waiters[direction]) return false;

    --watch.edges[direction];
    Callback callback = std::move(watch.waiters[direction]);
    arm(fd, watch);
    callback();
    return true;
}

void EventLoop::take_posts() {
    if (posts_called_ < posts_.size())
        return;  // an exception has left some: they come first
    posts_called_ = 0;
    posts_.clear();
    posts_.swap(next_posts_);
}

void EventLoop::call_posts() {
    while (posts_called_ < posts_.size()) {
        Callback& callback = posts_[posts_called_++];
        callback();
        callback = nullptr;  // what it owns goes now, not with the last one
    }
}

}  // namespace six
