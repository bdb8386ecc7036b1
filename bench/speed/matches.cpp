#include "bench/speed/matches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <memory>

namespace six::speed {

using namespace std::chrono_literals;

namespace {

/// A server with the connections to it.
class Ready {
  public:
    Ready(const Contestant& contestant, const Workshop& workshop,
          const std::string& request, int connections)
        : server_(contestant, workshop),
          generator_(server_.address(), request, connections) {}

    Tally run(std::chrono::nanoseconds time) { return generator_.run({time}); }
    std::chrono::nanoseconds cpu_time() const { return server_.cpu_time(); }

  private:
    RunningServer server_;
    Generator generator_;
};

/// The question that a match asks, and the server whose rate is 1.
struct Question {
    std::string what;
    std::string request;
    std::string base;
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
                                  const Question& question, int connections,
                                  const Workshop& workshop, const Pace& pace) {
    pace.tell("starting " + contestant.name);
    try {
        auto ready =
            std::make_unique<Ready>(contestant, workshop, question.request, connections);
        warm_up(*ready, pace);
        return ready;
    } catch (const std::exception& error) {
        row.missing = first_line(error.what());
        return nullptr;
    }
}

Match play_match(const std::vector<Contestant>& contestants, int connections,
                 const Question& question, const Workshop& workshop, const Pace& pace) {
    Match match{question.what, connections, question.base, 0, 0, 0, 0, {}};
    std::vector<Row> missing;
    std::vector<std::unique_ptr<Ready>> servers;
    std::vector<Entrant> entrants;
    for (const Contestant& contestant : contestants) {
        Row row;
        row.key = contestant.key;
        row.name = contestant.name;
        auto ready = make_ready(contestant, row, question, connections, workshop, pace);
        (ready ? match.rows : missing).push_back(row);
        if (!ready) continue;
        entrants.push_back({[&server = *ready, &pace] { return server.run(pace.turn); },
                            [&server = *ready] { return server.cpu_time(); }});
        servers.push_back(std::move(ready));
    }
    const auto look = [&](std::size_t round) {
        pace.tell(fmt::format("{} at {} connections: round {} of {}", question.what,
                              connections, round + 1, pace.wanted.rounds));
    };
    if (!entrants.empty()) add_figures(match, play(entrants, pace.wanted, look));
    match.rows.insert(match.rows.end(), missing.begin(), missing.end());
    return match;
}

/// The base, or the first of those who take part if it doesn't.
std::string base_among(const std::vector<Contestant>& contestants, const char* base) {
    for (const Contestant& contestant : contestants)
        if (contestant.key == base) return base;
    return contestants.empty() ? base : contestants.front().key;
}

double microseconds(const Tally& tally, double percent) {
    return static_cast<double>(tally.latency.percentile(percent).count());
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

Match play_health(const std::vector<Contestant>& contestants, int connections,
                  const Workshop& workshop, const Pace& pace) {
    const Question question{"health", health_request(), base_among(contestants, "limit")};
    return play_match(contestants, connections, question, workshop, pace);
}

Match play_post(const std::vector<Contestant>& contestants, int connections,
                const Workshop& workshop, const Pace& pace) {
    std::vector<Contestant> savers = contestants;
    std::erase_if(savers, [](const Contestant& contestant) { return !contestant.saves; });
    const Question question{"post", post_request(), base_among(savers, "05")};
    return play_match(savers, connections, question, workshop, pace);
}

Meanwhile ask_while_saving(const Contestant& server, const Workshop& workshop,
                           const Pace& pace) {
    Meanwhile result{.posts = 64, .gets = 8};
    pace.tell("GET /health while " + server.name + " saves");
    const RunningServer running(server, workshop);
    Generator posts(running.address(), post_request(), result.posts);
    Generator gets(running.address(), health_request(), result.gets);
    const Goal goal{pace.turn * pace.wanted.rounds};
    const Tally alone = gets.run(goal);
    std::future<Tally> saving =
        std::async(std::launch::async, [&] { return posts.run(goal); });
    const Tally asked = gets.run(goal);
    result.posts_per_second = saving.get().per_second();
    result.p50_us = microseconds(asked, 50);
    result.p99_us = microseconds(asked, 99);
    result.alone_p50_us = microseconds(alone, 50);
    result.alone_p99_us = microseconds(alone, 99);
    return result;
}

}  // namespace six::speed
