#include "bench/speed/rounds.hpp"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "bench/process_stats.hpp"

namespace six::speed {

namespace {

using Seconds = std::chrono::duration<double>;

/// What others take of the CPUs, from the first call to the second.
class Others {
  public:
    double share_until_now(Seconds known_cpu) const {
        const Seconds busy = bench::busy_time_of_machine() - busy_;
        const Seconds time = std::chrono::steady_clock::now() - start_;
        const double cpus = static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN));
        return std::max(0.0, (busy - known_cpu) / (time * cpus));
    }

  private:
    std::chrono::nanoseconds busy_ = bench::busy_time_of_machine();
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Seconds own_cpu_time() {
    const auto stats = bench::look_at(::getpid());
    return stats ? stats->cpu_time : std::chrono::nanoseconds(0);
}

Round play_one(const std::vector<Entrant>& entrants, std::size_t number,
               const std::function<void(std::size_t)>& look) {
    Round round;
    round.number = number;
    round.tallies.resize(entrants.size());
    round.failures.resize(entrants.size());
    const Others others;
    const Seconds own = own_cpu_time();
    Seconds servers{};
    for (const std::size_t i : order_of(entrants.size(), number)) {
        const Seconds before = entrants[i].cpu_time();
        try {
            round.tallies[i] = entrants[i].run();
        } catch (const std::exception& error) {
            round.failures[i] = error.what();
        }
        servers += entrants[i].cpu_time() - before;
        look(number);
    }
    round.others_share = others.share_until_now(own_cpu_time() - own + servers);
    return round;
}

}  // namespace

std::vector<std::size_t> order_of(std::size_t entrants, std::size_t round) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < entrants; ++i) order.push_back((i + round) % entrants);
    return order;
}

Rounds quietest(std::vector<Round> measured, const RoundsWanted& wanted) {
    const auto is_noisy = [&](const Round& round) {
        return round.others_share > wanted.quiet_share;
    };
    Rounds result;
    for (; measured.size() > static_cast<std::size_t>(wanted.rounds); ++result.repeated)
        measured.erase(std::max_element(measured.begin(), measured.end(),
                                        [](const Round& a, const Round& b) {
                                            return a.others_share < b.others_share;
                                        }));
    result.noisy =
        static_cast<int>(std::count_if(measured.begin(), measured.end(), is_noisy));
    result.rounds = std::move(measured);
    return result;
}

Rounds play(const std::vector<Entrant>& entrants, const RoundsWanted& wanted,
            const std::function<void(std::size_t round)>& look) {
    std::vector<Round> measured;
    int quiet = 0;
    for (int i = 0; quiet < wanted.rounds && i < 2 * wanted.rounds; ++i) {
        measured.push_back(play_one(entrants, static_cast<std::size_t>(i), look));
        if (measured.back().others_share <= wanted.quiet_share) ++quiet;
    }
    return quietest(std::move(measured), wanted);
}

}  // namespace six::speed
