#include "06_full_server/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
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

/// What is told of each loop by itself.
void add_loops(Page& page, const std::list<LoopMetrics>& loops) {
    page.family("six_loop_connections", "gauge", "Connections that are open on the loop.");
    int number = 0;
    for (const LoopMetrics& loop : loops) {
        const std::uint64_t closed = loop.connections_closed.value();  // before opened
        page.text += fmt::format("six_loop_connections{{loop=\"{}\"}} {}\n", number++,
                                 loop.connections_opened.value() - closed);
    }
    page.family("six_loop_lag_seconds", "gauge", "How late the loop's last timer was.");
    number = 0;
    for (const LoopMetrics& loop : loops)
        page.text += fmt::format("six_loop_lag_seconds{{loop=\"{}\"}} {:.6f}\n", number++,
                                 static_cast<double>(loop.lag_ns.value()) / 1e9);
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
    const auto known = std::find(statuses.begin(), statuses.end(), status);
    answers_[index(route)][static_cast<std::size_t>(known - statuses.begin())].add();
}

void LoopMetrics::took(Duration duration) noexcept {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
    const auto bound = std::find_if(bounds_us.begin(), bounds_us.end(),  // mostly the first
                                    [us](int most) { return us <= most; });
    durations_[static_cast<std::size_t>(bound - bounds_us.begin())].add();
    duration_sum_us_.add(static_cast<std::uint64_t>(us));
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

    page.family("six_request_duration_seconds", "histogram",
                "From a request's head to its answer.");
    std::uint64_t below = 0;
    for (std::size_t i = 0; i <= LoopMetrics::bounds_us.size(); ++i) {
        below += sum(
            loops_, [&](const LoopMetrics& loop) -> auto& { return loop.durations_[i]; });
        const bool bounded = i < LoopMetrics::bounds_us.size();
        page.text += fmt::format(
            "six_request_duration_seconds_bucket{{le=\"{}\"}} {}\n",
            bounded ? fmt::format("{}", LoopMetrics::bounds_us[i] / 1e6) : "+Inf", below);
    }
    const std::uint64_t sum_us = sum(
        loops_, [](const LoopMetrics& loop) -> auto& { return loop.duration_sum_us_; });
    page.text += fmt::format("six_request_duration_seconds_sum {:.6f}\n",
                             static_cast<double>(sum_us) / 1e6);
    page.text += fmt::format("six_request_duration_seconds_count {}\n", below);

    add_traffic(page, loops_);
    add_commits(page, database);
    page.number("six_kept_bytes", "gauge", "Bytes of bodies and answers in memory.",
                memory.taken());
    return std::move(page.text);
}

}  // namespace six::full
