#include "bench/speed/parts.hpp"

#include <algorithm>

#include "bench/numbers.hpp"
#include "bench/speed/counts.hpp"
#include "bench/speed/growth.hpp"
#include "bench/speed/holding.hpp"
#include "bench/speed/meanwhile.hpp"
#include "bench/speed/part_tables.hpp"
#include "bench/speed/prices.hpp"
#include "bench/speed/tables.hpp"
#include "bench/speed/waits.hpp"

namespace six::speed {

namespace {

/// What each part is given.
struct Parts {
    Results& results;
    const Options& options;
    const Workshop& workshop;
    const Output& output;
    Pace pace;

    std::vector<int> connections(std::vector<int> usual) const;
    /// Plays it, and prints it as soon as it is over. Nothing: nobody takes part.
    void add(std::vector<Match>& matches, Match match) const;

    void health() const;
    void post() const;
    void waiting() const;
    void coroutine() const;
    void growth() const;
};

/// Those asked for, or the usual ones; but no more than there are sockets, which is noted.
std::vector<int> Parts::connections(std::vector<int> usual) const {
    std::vector<int> counts = options.connections.empty() ? usual : options.connections;
    for (int& count : counts) {
        if (count <= workshop.sockets) continue;
        results.notes.push_back(bench::grouped(workshop.sockets) +
                                " connections instead of " + bench::grouped(count) +
                                ": this process may have no more (ulimit -n)");
        count = workshop.sockets;
    }
    return counts;
}

void Parts::add(std::vector<Match>& matches, Match match) const {
    if (match.rows.empty()) return;
    output.print(match.what == "waits" ? table_of_waits(match) : table_of(match));
    matches.push_back(std::move(match));
}

void Parts::health() const {
    for (const int count : connections({64, 512}))
        add(results.matches, play_health(options.contestants, count, workshop, pace));
}

void Parts::post() const {
    for (const int count : connections({1, 64, 256}))
        add(results.matches, play_post(options.contestants, count, workshop, pace));
    results.meanwhile = ask_while_saving(options.contestants, workshop, pace);
    if (!results.meanwhile.empty()) output.print(table_of(results.meanwhile));
}

void Parts::waiting() const {
    constexpr int many = 10'000;
    const std::vector<int> held = connections({many});
    results.holdings = hold_all(
        options.contestants, *std::max_element(held.begin(), held.end()), workshop, pace);
    if (!results.holdings.empty()) output.print(table_of(results.holdings));
    Pace patient = pace;  // its pause is no small part of a short turn
    patient.turn = std::max<std::chrono::nanoseconds>(pace.turn, 4 * hesitant_post().pause);
    for (const int count : connections({1'000, 8'000}))
        add(results.waits, play_waits(options.contestants, count, workshop, patient));
}

void Parts::coroutine() const {
    const auto each = std::chrono::duration_cast<std::chrono::milliseconds>(pace.turn / 10);
    results.prices = measure_prices(workshop.programs, pace.wanted.rounds, each,
                                    results.notes, output.tell);
    output.print(table_of(results.prices));
}

void Parts::growth() const {
    Growth growth;
    const std::vector<Contestant> growers = growers_among(options.contestants);
    if (!growers.empty())
        for (const int count : connections({1, 10, 100, 1'000, 10'000}))
            growth.matches.push_back(play_health(growers, count, workshop, pace));
    if (!growth.matches.empty()) output.print(table_of_growth(growth.matches));
    for (const Contestant& contestant : growers) {
        if (contestant.key != "06" || !workshop.cores.apart()) continue;
        growth.loops = play_loops(contestant, 512, workshop, pace);
        output.print(table_of(*growth.loops));
    }
    for (const std::size_t armed : {1u, 10u, 100u, 1'000u, 10'000u, 100'000u, 1'000'000u}) {
        if (armed > 100'000 && pace.turn < std::chrono::milliseconds(100))
            continue;  // to arm them takes seconds without optimisation
        output.tell("timers: " + std::to_string(armed));
        growth.timers.push_back(cost_of_timers(armed, pace.wanted.rounds));
    }
    output.print(table_of(growth.timers));
    results.growth = std::move(growth);
}

}  // namespace

void measure(Results& results, const Options& options, const Workshop& workshop,
             const Output& output) {
    const std::chrono::duration<double> turn(options.seconds);
    const Parts parts{results,
                      options,
                      workshop,
                      output,
                      {std::chrono::duration_cast<std::chrono::nanoseconds>(turn),
                       {options.rounds},
                       output.tell}};
    if (options.asks_for("health")) parts.health();
    if (options.asks_for("post")) parts.post();
    if (options.asks_for("waiting")) parts.waiting();
    if (options.asks_for("coroutine")) parts.coroutine();
    if (options.asks_for("growth")) parts.growth();
}

void count(Results& results, const Options& options, const Workshop& workshop,
           const Output& output) {
    results.counts = count_all(options.contestants, workshop, results.notes, output.tell);
    output.print(table_of(results.counts));
}

}  // namespace six::speed
