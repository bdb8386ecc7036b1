#include "bench/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "05_coroutines/sync_wait.hpp"
#include "05_coroutines/task_group.hpp"
#include "05_coroutines/with_timeout.hpp"
#include "bench/schedule.hpp"

namespace six::bench {

using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

std::chrono::microseconds to_microseconds(Duration time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time);
}

/// Borrows a descriptor for the loop to watch.
class Watched {
  public:
    Watched(EventLoop& loop, int fd) : loop_(loop), fd_(fd) { loop_.watch(fd_); }
    ~Watched() { loop_.forget(fd_); }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

  private:
    EventLoop& loop_;
    int fd_;
};

/// Who has used the CPU so far.
struct CpuTimes {
    std::chrono::nanoseconds all;
    std::chrono::nanoseconds ours;
    std::optional<std::chrono::nanoseconds> server;

    std::chrono::nanoseconds others() const { return all - ours - *server; }
};

CpuTimes look_at_cpu(pid_t server) {
    const auto us = look_at(::getpid());
    const auto them = look_at(server);
    CpuTimes times{busy_time_of_machine(), us ? us->cpu_time : 0ns, std::nullopt};
    if (them) times.server = them->cpu_time;
    return times;
}

class Run {
  public:
    Run(EventLoop& loop, const Load& load, const ServerAddress& server, pid_t process)
        : loop_(loop),
          load_(load),
          process_(process),
          errand_(loop, server, to_duration(load.pause), load.body_bytes) {}

    Task<RunFigures> drive(const StopSignal& stop, const Watcher& watcher);

  private:
    Task<void> let_clients_come();
    Task<void> come_once(std::size_t index, TimePoint due);
    Task<void> come_again_and_again();
    Task<void> observe(const Watcher& watcher);
    Task<void> measure_window();
    Task<void> end_on(const StopSignal& stop);

    void record(Outcome outcome, Duration latency);
    Moment look();
    TimePoint at(Seconds time) const { return start_ + to_duration(time); }
    bool in_window(TimePoint time) const {
        return time >= at(load_.ramp()) && time < at(load_.steady_end());
    }

    EventLoop& loop_;
    const Load& load_;
    pid_t process_;
    Errand errand_;
    TaskGroup tasks_;
    TimePoint start_ = Clock::now();
    std::size_t counted_done_ = 0;
    int saved_ = 0;
    RunFigures figures_;
};

// #region drive
Task<RunFigures> Run::drive(const StopSignal& stop, const Watcher& watcher) {
    tasks_.spawn(let_clients_come());
    tasks_.spawn(observe(watcher));
    tasks_.spawn(measure_window());
    tasks_.spawn(end_on(stop));
    co_await tasks_.join();
    figures_.most_in_service = errand_.crowd.most_in_service;
    co_return std::move(figures_);
}

Task<void> Run::let_clients_come() {
    // Hoisted: g++ 12 would copy it bit by bit if it stood in the expression below.
    std::function<void(std::size_t, TimePoint)> come = [this](std::size_t index,
                                                              TimePoint due) {
        figures_.lateness.record(to_microseconds(Clock::now() - due));
        if (load_.loop == Load::Loop::open)
            tasks_.spawn(come_once(index, due));
        else
            tasks_.spawn(come_again_and_again());
    };
    co_await keep_schedule(loop_, load_, start_, std::move(come));
}
// #endregion

/// Open loop: the latency counts from when the client should have come, not from when this
/// generator got round to it.
Task<void> Run::come_once(std::size_t index, TimePoint due) {
    const Outcome outcome = co_await visit(errand_);
    const TimePoint end = Clock::now();
    if (outcome == Outcome::saved) {
        ++saved_;
        figures_.saved_in_window += in_window(end);
    }
    if (index < load_.counted()) record(outcome, end - due - errand_.pause);
}

/// Closed loop: each client is counted once, its latencies are those of the window.
Task<void> Run::come_again_and_again() {
    for (bool served = false;;) {
        const TimePoint begin = Clock::now();
        const Outcome outcome = co_await visit(errand_);
        const TimePoint end = Clock::now();
        if (outcome != Outcome::saved) {
            figures_.out_of_reach += outcome == Outcome::out_of_reach;
            co_await sleep_for(loop_, 100ms);  // not to hammer at a server that refuses
            continue;
        }
        ++saved_;
        figures_.served += !served;
        counted_done_ += !std::exchange(served, true);
        if (!in_window(end)) continue;
        ++figures_.saved_in_window;
        figures_.latency.record(to_microseconds(end - begin - errand_.pause));
    }
}

void Run::record(Outcome outcome, Duration latency) {
    ++counted_done_;
    figures_.refused += outcome == Outcome::refused || outcome == Outcome::broken;
    figures_.out_of_reach += outcome == Outcome::out_of_reach;
    if (outcome != Outcome::saved) return;
    ++figures_.served;
    figures_.latency.record(to_microseconds(latency));
}

Moment Run::look() {
    const Crowd& crowd = errand_.crowd;
    Moment moment{.at = Clock::now() - start_,
                  .in_service = crowd.in_service,
                  .outside = crowd.present - crowd.in_service,
                  .saved = saved_};
    if (const auto stats = look_at(process_)) {
        moment.threads = stats->threads;
        moment.memory = stats->memory.total();
        figures_.threads = std::max(figures_.threads, stats->threads);
        if (stats->memory.total() > figures_.peak.total()) figures_.peak = stats->memory;
    }
    return moment;
}

Task<void> Run::observe(const Watcher& watcher) {
    for (TimePoint next = start_;; next += 100ms) {
        co_await sleep_until(loop_, next);
        figures_.moments.push_back(look());
        watcher(figures_.moments.back());
    }
}

/// Takes the times on the CPU at both ends of the window, and ends the run when the last
/// counted client is done, or its patience is over.
Task<void> Run::measure_window() {
    co_await sleep_until(loop_, at(load_.ramp()));
    const CpuTimes before = look_at_cpu(process_);
    co_await sleep_until(loop_, at(load_.steady_end()));
    const CpuTimes after = look_at_cpu(process_);
    if (before.server && after.server) {
        figures_.cpu_in_window = *after.server - *before.server;
        figures_.others_in_window = std::max(0ns, after.others() - before.others());
    }

    while (counted_done_ < load_.counted() && Clock::now() < at(load_.longest()))
        co_await sleep_for(loop_, 5ms);
    tasks_.cancel();
}

Task<void> Run::end_on(const StopSignal& stop) {
    const Watched watched{loop_, stop.fd()};
    co_await readable(loop_, stop.fd());
    throw Interrupted{};
}

}  // namespace

RunFigures run_load(const Load& load, const ServerAddress& server, pid_t process,
                    const StopSignal& stop, const Watcher& watcher) {
    EventLoop loop;
    Run run{loop, load, server, process};
    return sync_wait(loop, run.drive(stop, watcher));
}

bool serves_a_client(const ServerAddress& server) {
    EventLoop loop;
    Errand errand{loop, server, Duration::zero(), 1};
    try {
        return sync_wait(loop, with_timeout(loop, 5s, visit(errand))) == Outcome::saved;
    } catch (const TimedOut&) {
        return false;
    }
}

}  // namespace six::bench
