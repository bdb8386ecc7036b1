#include "bench/speed/matches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>

namespace six::speed {

using namespace std::chrono_literals;

namespace {

/// How many clients a server has, and whether they stay between its turns. If not, they
/// come anew for each.
struct Crowd {
    int connections = 0;
    bool stay = true;
};

/// A server with its clients.
class Ready {
  public:
    Ready(const Contestant& contestant, const Workshop& workshop, const Question& question,
          const Crowd& clients)
        : server_(contestant, workshop),
          question_(question),
          connections_(clients.connections) {
        if (clients.stay) staying_.emplace(server_.address(), question_, connections_);
    }

    Tally run(std::chrono::nanoseconds time) {
        if (staying_) return measure(*staying_, time);
        Generator come(server_.address(), question_, connections_);
        return measure(come, time);
    }
    std::chrono::nanoseconds cpu_time() const { return server_.cpu_time(); }

  private:
    Tally measure(Generator& generator, std::chrono::nanoseconds time) const {
        generator.run_up(time);
        const std::chrono::nanoseconds before = cpu_time();
        Tally tally = generator.measure({time});
        tally.server_cpu = cpu_time() - before;
        generator.settle();
        return tally;
    }

    RunningServer server_;
    Question question_;
    int connections_;
    std::optional<Generator> staying_;
};

/// One line of a reason, for a table.
std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// Once is enough if it answers; on a busy machine a short turn may pass without an answer.
void warm_up(Ready& ready, const Pace& pace) {
    const auto turn = std::min<std::chrono::nanoseconds>(pace.turn, 200ms);
    for (std::chrono::nanoseconds spent{0}; spent < 5s; spent += turn) {
        const Tally tally = ready.run(turn);
        if (tally.answered > 0) return;
        if (tally.refused > 0) break;
    }
    throw std::runtime_error("it doesn't answer with 200");
}

/// Starts it; says in its row why, if that fails.
std::unique_ptr<Ready> make_ready(const Contestant& contestant, Row& row,
                                  const Discipline& discipline, const Crowd& clients,
                                  const Workshop& workshop, const Pace& pace) {
    pace.tell("starting " + contestant.name);
    try {
        auto ready =
            std::make_unique<Ready>(contestant, workshop, discipline.question, clients);
        warm_up(*ready, pace);
        return ready;
    } catch (const std::exception& error) {
        row.missing = first_line(error.what());
        return nullptr;
    }
}

/// The base, or the first of those who take part if it doesn't.
std::string base_among(const std::vector<Contestant>& contestants,
                       const std::string& base) {
    for (const Contestant& contestant : contestants)
        if (contestant.key == base) return base;
    return contestants.empty() ? base : contestants.front().key;
}

Rounds play_rounds(const std::vector<std::unique_ptr<Ready>>& servers, const Match& match,
                   const Pace& pace) {
    std::vector<Entrant> entrants;
    for (const auto& server : servers)
        entrants.push_back({[&server = *server, &pace] { return server.run(pace.turn); },
                            [&server = *server] { return server.cpu_time(); }});
    const auto look = [&](std::size_t round) {
        pace.tell(fmt::format("{} at {} connections: round {} of {}", match.what,
                              match.connections, round + 1, pace.wanted.rounds));
    };
    return play(entrants, pace.wanted, look);
}

}  // namespace

std::string health_request() {
    return "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
}

std::string post_request() {
    constexpr std::size_t body_bytes = 200;
    return fmt::format(
        "POST /items HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n{}",
        body_bytes, std::string(body_bytes, 'x'));
}

Match play_match(const std::vector<Contestant>& contestants, int connections,
                 const Discipline& discipline, const Workshop& workshop, const Pace& pace) {
    connections = std::min(connections, workshop.sockets);
    Match match;
    match.what = discipline.what;
    match.connections = connections;
    match.connected_anew = connections * std::ssize(contestants) > workshop.sockets;
    match.base = base_among(contestants, discipline.base);
    match.pause_ms =
        std::chrono::duration<double, std::milli>(discipline.question.pause).count();
    std::vector<Row> missing;
    std::vector<std::unique_ptr<Ready>> servers;
    for (const Contestant& contestant : contestants) {
        Row row;
        row.key = contestant.key;
        row.name = contestant.name;
        auto ready = make_ready(contestant, row, discipline,
                                {connections, !match.connected_anew}, workshop, pace);
        (ready ? match.rows : missing).push_back(row);
        if (ready) servers.push_back(std::move(ready));
    }
    if (!servers.empty()) add_figures(match, play_rounds(servers, match, pace));
    match.rows.insert(match.rows.end(), missing.begin(), missing.end());
    return match;
}

Match play_health(const std::vector<Contestant>& contestants, int connections,
                  const Workshop& workshop, const Pace& pace) {
    std::vector<Contestant> all = contestants;
    std::erase_if(all, [](const Contestant& contestant) { return contestant.only_saves; });
    return play_match(all, connections, {"health", {health_request()}, "limit"}, workshop,
                      pace);
}

Match play_post(const std::vector<Contestant>& contestants, int connections,
                const Workshop& workshop, const Pace& pace) {
    std::vector<Contestant> savers = contestants;
    std::erase_if(savers, [](const Contestant& contestant) { return !contestant.saves; });
    return play_match(savers, connections, {"post", {post_request()}, "05"}, workshop,
                      pace);
}

}  // namespace six::speed
