// When a run of the generator begins, what it counts, and how it ends.
#include <time.h>

#include <utility>

#include "bench/speed/generator.hpp"

namespace six::speed {

using namespace std::chrono_literals;

namespace {

std::chrono::nanoseconds cpu_time_of_thread() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

double Tally::per_second() const {
    return time.count() > 0 ? static_cast<double>(answered) / time.count() : 0;
}

double Tally::own_share() const {
    return time.count() > 0 ? own_cpu / time : 0;
}

double Tally::server_share() const {
    return time.count() > 0 ? server_cpu / time : 0;
}

double Tally::server_us() const {
    return answered > 0 ? server_cpu.count() * 1e6 / static_cast<double>(answered) : 0;
}

/// All at once; but if they pause, spread over the first pause, so that they don't pause,
/// and ask, all together ever after.
void Generator::begin() {
    give_up();
    replace_closed();
    Clock::time_point now = Clock::now();
    idle_.clear();
    pauses_.clear();
    const auto step = question_.pause / static_cast<std::int64_t>(connections_.size());
    for (Connection& connection : connections_) {
        if (question_.pause > 0ns) {
            pause_until(now, connection);
        } else {
            idle_.push_back(&connection);
        }
        now += step;
    }
}

Tally Generator::run(const Goal& goal) {
    const Tally tally = measure(goal);
    settle();
    return tally;
}

void Generator::run_up(std::chrono::nanoseconds at_most) {
    Tally not_counted;
    begin();
    go_on({at_most}, connections_.size(), not_counted);
    begun_ = true;
}

Tally Generator::measure(const Goal& goal) {
    Tally tally;
    if (!std::exchange(begun_, false)) begin();
    const std::chrono::nanoseconds cpu = cpu_time_of_thread();
    const Clock::time_point start = Clock::now();
    go_on(goal, UINT64_MAX, tally);
    tally.time = Clock::now() - start;
    tally.own_cpu = cpu_time_of_thread() - cpu;
    return tally;
}

void Generator::go_on(const Goal& goal, std::uint64_t answers, Tally& tally) {
    std::uint64_t left = goal.requests;
    Clock::time_point now = Clock::now();
    const Clock::time_point end = now + goal.time;
    send_requests(now, left, tally);
    while (now < end && tally.answered < answers && (waiting_ > 0 || !pauses_.empty())) {
        receive_answers(end, tally);
        now = Clock::now();
        for (const Connection* connection : answered_)
            tally.latency.record(std::chrono::duration_cast<std::chrono::microseconds>(
                now - connection->sent));
        end_pauses(now, tally);
        if (now < end) send_requests(now, left, tally);
    }
}

void Generator::settle() {
    Tally not_counted;
    const Clock::time_point end = Clock::now() + question_.pause + 2s;
    while (waiting_ > 0 && Clock::now() < end) {
        receive_answers(end, not_counted);
        end_pauses(Clock::now(), not_counted);
    }
    give_up();
}

/// Whoever still waits, after a run or one that has failed, is connected again.
void Generator::give_up() {
    for (Connection& connection : connections_) {
        if (connection.waiting) connection.socket.close();
        connection.waiting = false;
    }
    waiting_ = 0;
    begun_ = false;
}

}  // namespace six::speed
