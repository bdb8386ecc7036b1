#include "bench/speed/meanwhile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <memory>

namespace six::speed {

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 5s;  // until each of those who save was answered once

/// A server, those who save, and those who ask.
class Saving {
  public:
    Saving(const Contestant& server, const Workshop& workshop, const Meanwhile& wanted)
        : server_(server, workshop),
          posts_(server_.address(), {post_request()}, wanted.posts),
          gets_(server_.address(), {health_request()}, wanted.gets) {}

    /// What was asked while others saved. The whole turn is kept.
    Tally run(std::chrono::nanoseconds time) {
        MeanwhileTurn& turn = turns_.emplace_back();
        turn.alone = ask(time);
        posts_.run_up(patience);
        auto saved = std::async(std::launch::async, [&] { return posts_.measure({time}); });
        turn.asked = ask(time);
        turn.saved = saved.get();
        posts_.settle();
        return turn.asked;
    }
    void forget_turns() { turns_.clear(); }
    /// One for each call of `run`, in their order.
    const std::vector<MeanwhileTurn>& turns() const { return turns_; }
    std::chrono::nanoseconds cpu_time() const { return server_.cpu_time(); }

  private:
    Tally ask(std::chrono::nanoseconds time) {
        Tally tally = gets_.run({time});
        if (tally.refused + tally.broken > 0)
            throw std::runtime_error("it doesn't answer with 200");
        // On a slow disk a loop that saves answers nobody in a short turn: they wait as
        // long, or longer.
        if (tally.answered == 0)
            tally.latency.record(
                std::chrono::duration_cast<std::chrono::microseconds>(time));
        return tally;
    }

    RunningServer server_;
    Generator posts_;
    Generator gets_;
    std::vector<MeanwhileTurn> turns_;
};

std::string first_line(const std::exception& error) {
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
}

/// Starts it; says in its row why, if that fails.
std::unique_ptr<Saving> make_saving(const Contestant& contestant, Meanwhile& row,
                                    const Workshop& workshop, const Pace& pace) {
    pace.tell("starting " + contestant.name);
    try {
        auto server = std::make_unique<Saving>(contestant, workshop, row);
        server->run(std::min<std::chrono::nanoseconds>(pace.turn, 200ms));  // to warm up
        server->forget_turns();
        return server;
    } catch (const std::exception& error) {
        row.missing = first_line(error);
        return nullptr;
    }
}

/// The turns of the rounds that count; says in the row why, if one of them failed.
std::vector<MeanwhileTurn> turns_of(const Saving& server, std::size_t entrant,
                                    const Rounds& rounds, Meanwhile& row) {
    std::vector<MeanwhileTurn> turns;
    for (const Round& round : rounds.rounds) {
        turns.push_back(server.turns().at(round.number));
        if (!round.failures[entrant].empty()) row.missing = round.failures[entrant];
    }
    return turns;
}

Quartiles quartiles_in(const std::vector<MeanwhileTurn>& turns, Tally MeanwhileTurn::*part,
                       double percent) {
    std::vector<double> us;
    for (const MeanwhileTurn& turn : turns)
        us.push_back(static_cast<double>((turn.*part).latency.percentile(percent).count()));
    return quartiles_of(us);
}

/// In rounds: each of them has every server's turn.
void play_rounds(std::vector<Meanwhile>& rows,
                 const std::vector<std::unique_ptr<Saving>>& servers, const Pace& pace) {
    std::vector<Entrant> entrants;
    for (const auto& server : servers)
        entrants.push_back({[&server = *server, &pace] { return server.run(pace.turn); },
                            [&server = *server] { return server.cpu_time(); }});
    const auto look = [&](std::size_t round) {
        pace.tell(fmt::format("GET /health while others save: round {} of {}", round + 1,
                              pace.wanted.rounds));
    };
    const Rounds rounds = play(entrants, pace.wanted, look);
    for (std::size_t i = 0; i < servers.size(); ++i) {
        rows[i].noisy = rounds.noisy;
        add_figures(rows[i], turns_of(*servers[i], i, rounds, rows[i]));
    }
}

}  // namespace

std::vector<Meanwhile> ask_while_saving(const std::vector<Contestant>& contestants,
                                        const Workshop& workshop, const Pace& pace) {
    std::vector<Meanwhile> rows;
    std::vector<Meanwhile> missing;
    std::vector<std::unique_ptr<Saving>> servers;
    for (const Contestant& contestant : contestants) {
        if (!contestant.asked_meanwhile) continue;
        Meanwhile row{.key = contestant.key, .name = contestant.name};
        auto server = make_saving(contestant, row, workshop, pace);
        (server ? rows : missing).push_back(row);
        if (server) servers.push_back(std::move(server));
    }
    if (!servers.empty()) play_rounds(rows, servers, pace);
    rows.insert(rows.end(), missing.begin(), missing.end());
    return rows;
}

void add_figures(Meanwhile& meanwhile, const std::vector<MeanwhileTurn>& turns) {
    std::vector<double> saved;
    for (const MeanwhileTurn& turn : turns) saved.push_back(turn.saved.per_second());
    meanwhile.rounds = static_cast<int>(turns.size());
    meanwhile.posts_per_second = quartiles_of(saved).median;
    meanwhile.p50_us = quartiles_in(turns, &MeanwhileTurn::asked, 50);
    meanwhile.p99_us = quartiles_in(turns, &MeanwhileTurn::asked, 99);
    meanwhile.alone_p50_us = quartiles_in(turns, &MeanwhileTurn::alone, 50);
    meanwhile.alone_p99_us = quartiles_in(turns, &MeanwhileTurn::alone, 99);
}

}  // namespace six::speed
