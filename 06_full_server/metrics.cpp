#include "06_full_server/metrics.hpp"

#include <fmt/format.h>

#include <string_view>

namespace six::full {

namespace {

constexpr std::array<std::string_view, 5> route_names{"other", "save_item", "find_item",
                                                      "health", "metrics"};

std::size_t index(LoopMetrics::Route route) {
    return static_cast<std::size_t>(route);
}

/// Collects the text, family by family.
class Page {
  public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
    }
    /// A family of one number.
    void number(std::string_view name, std::string_view type, std::string_view help,
                std::uint64_t value) {
        family(name, type, help);
        text += fmt::format("{} {}\n", name, value);
    }
    std::string text;
};

/// The sum of one number over all loops.
template <class Part>
std::uint64_t sum(const std::list<LoopMetrics>& loops, Part part) {
    std::uint64_t all = 0;
    for (const LoopMetrics& loop : loops) all += part(loop).value();
    return all;
}

/// A histogram of all loops together.
void add_durations(Page& page, std::string_view name, std::string_view help,
                   const std::list<LoopMetrics>& loops, Durations LoopMetrics::*which) {
    page.family(name, "histogram", help);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i <= Durations::bounds_us.size(); ++i) {
        below += sum(
            loops, [&](const LoopMetrics& loop) -> auto& {
                return (loop.*which).counts[i];
            });
        const bool bounded = i < Durations::bounds_us.size();
        page.text += fmt::format(
            "{}_bucket{{le=\"{}\"}} {}\n", name,
            bounded ? fmt::format("{}", Durations::bounds_us[i] / 1e6) : "+Inf", below);
    }
    const std::uint64_t sum_ns = sum(
        loops, [&](const LoopMetrics& loop) -> auto& { return (loop.*which).sum_ns; });
    page.text += fmt::format("{0}_sum {1:.6f}\n{0}_count {2}\n", name,
                             static_cast<double>(sum_ns) / 1e9, below);
}

/// What is told of each loop by itself.
void add_loops(Page& page, const std::list<LoopMetrics>& loops) {
    page.family("six_loop_connections", "gauge", "Connections that are open on the loop.");
    int number = 0;
    for (const LoopMetrics& loop : loops) {
        const std::uint64_t closed = loop.connections_closed.value();  // before opened
        page.text += fmt::format("six_loop_connections{{loop=\"{}\"}} {}\n", number++,
                                 loop.connections_opened.value() - closed);
    }
}

void add_traffic(Page& page, const std::list<LoopMetrics>& loops) {
    const auto of = [&](Count LoopMetrics::*count) {
        return sum(
            loops, [count](const LoopMetrics& loop) -> auto& { return loop.*count; });
    };
    const std::uint64_t closed = of(&LoopMetrics::connections_closed);  // before opened
    const std::uint64_t opened = of(&LoopMetrics::connections_opened);
    page.number("six_connections_total", "counter", "Connections accepted.", opened);
    page.number("six_connections", "gauge", "Connections that are open.", opened - closed);
    page.number("six_connections_refused_total", "counter",
                "Connections refused: their address had its share.",
                of(&LoopMetrics::connections_refused));
    page.number("six_received_bytes_total", "counter", "Bytes received from clients.",
                of(&LoopMetrics::bytes_received));
    page.number("six_sent_bytes_total", "counter", "Bytes of answers sent.",
                of(&LoopMetrics::bytes_sent));
    add_loops(page, loops);
}

void add_commits(Page& page, const Database::Figures& database) {
    page.number("six_commit_queue", "gauge", "Items that wait for the disk.",
                database.queued);
    page.number("six_commits_total", "counter", "Transactions.", database.commits);
    page.number("six_committed_items_total", "counter", "Items saved.", database.items);
    if (database.connections)
        page.number("six_database_connections", "gauge", "Connections to PostgreSQL.",
                    *database.connections);
}

}  // namespace

void LoopMetrics::answered(Route route, int status) noexcept {
    std::size_t known = 0;  // mostly the first
    while (known < statuses.size() && statuses[known] != status) ++known;
    answers_[index(route)][known].add();
}

void Durations::add(Duration duration) noexcept {
    std::size_t bound = 0;  // mostly the first
    while (bound < bounds_us.size() &&
           duration > std::chrono::microseconds(bounds_us[bound]))
        ++bound;
    counts[bound].add();
    sum_ns.add(static_cast<std::uint64_t>(duration.count()));
}

std::string Metrics::text(const Database::Figures& database,
                          const MemoryBudget& memory) const {
    Page page;
    page.family("six_requests_total", "counter", "Requests answered.");
    for (std::size_t route = 0; route < LoopMetrics::routes; ++route)
        for (std::size_t i = 0; i <= LoopMetrics::statuses.size(); ++i) {
            const std::uint64_t answers = sum(
                loops_, [&](const LoopMetrics& loop) -> auto& {
                    return loop.answers_[route][i];
                });
            if (answers == 0) continue;
            const bool known = i < LoopMetrics::statuses.size();
            page.text += fmt::format(
                "six_requests_total{{route=\"{}\",status=\"{}\"}} {}\n", route_names[route],
                known ? std::to_string(LoopMetrics::statuses[i]) : "other", answers);
        }

    add_durations(page, "six_request_duration_seconds",
                  "From a request's head to its answer.", loops_, &LoopMetrics::requests);
    add_durations(page, "six_loop_lag_seconds",
                  "How long a turn of a loop took: who came meanwhile waited.", loops_,
                  &LoopMetrics::turns);
    add_traffic(page, loops_);
    add_commits(page, database);
    page.number("six_kept_bytes", "gauge", "Bytes of requests and items in memory.",
                memory.taken());
    return std::move(page.text);
}

}  // namespace six::full
