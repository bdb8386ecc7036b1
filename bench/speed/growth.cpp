#include "bench/speed/growth.hpp"

#include <chrono>
#include <cstdint>

#include "04_event_loop/timers.hpp"

namespace six::speed {

using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

/// Timers of which as many are armed as at the start, and due at any time within an hour.
class ArmedTimers {
  public:
    explicit ArmedTimers(std::size_t count) {
        while (timers_.size() < count) arm();
    }
    void arm_and_cancel() { timers_.cancel(arm()); }
    void arm_last_and_cancel() {
        timers_.cancel(timers_.add(now_ + 1h, [] {}));
    }
    /// The earliest goes, with those of the same moment, and as many come.
    void arm_and_fire() {
        arm();
        now_ = *timers_.next();
        for (std::size_t fired = timers_.fire(now_); fired > 1; --fired) arm();
    }

  private:
    TimerId arm() {
        random_ = random_ * 6364136223846793005u + 1442695040888963407u;  // Knuth, MMIX
        const auto delay = std::chrono::nanoseconds(random_ >> 24);  // up to 18 minutes
        return timers_.add(now_ + 1ns + delay, [] {});
    }

    Timers timers_;
    TimePoint now_{24h};
    std::uint64_t random_ = 20170519;
};

using Operation = void (ArmedTimers::*)();

double nanoseconds(ArmedTimers& timers, Operation operation) {
    constexpr int times = 20'000;
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < times; ++i) (timers.*operation)();
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / times;
}

}  // namespace

std::vector<Contestant> growers_among(const std::vector<Contestant>& contestants) {
    std::vector<Contestant> growers;
    for (const Contestant& one : contestants)
        if (one.key == "02" || one.key == "04" || one.key == "06") growers.push_back(one);
    return growers;
}

Match play_loops(const Contestant& six, int connections, const Workshop& workshop,
                 const Pace& pace) {
    std::vector<Contestant> both;
    for (const char* loops : {"1", "2"}) {
        Contestant one = six;
        one.key = std::string("06x") + loops;
        one.name = std::string("06, loops: ") + loops;
        one.arguments = {"--loops", loops, "--database", "{database}"};
        one.both_cores = true;
        both.push_back(std::move(one));
    }
    return play_match(both, connections, {"loops", {health_request()}, "06x1"}, workshop,
                      pace);
}

TimerCost cost_of_timers(std::size_t armed, int rounds) {
    ArmedTimers timers(armed);
    std::vector<double> cancelled, last, fired;
    for (int round = 0; round < rounds; ++round) {
        cancelled.push_back(nanoseconds(timers, &ArmedTimers::arm_and_cancel));
        last.push_back(nanoseconds(timers, &ArmedTimers::arm_last_and_cancel));
        fired.push_back(nanoseconds(timers, &ArmedTimers::arm_and_fire));
    }
    return {static_cast<double>(armed), quartiles_of(cancelled), quartiles_of(last),
            quartiles_of(fired)};
}

}  // namespace six::speed
