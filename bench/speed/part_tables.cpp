#include "bench/speed/part_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/numbers.hpp"
#include "bench/speed/tables.hpp"
#include "bench/table.hpp"

namespace six::speed {

using bench::brief;
using bench::grouped;

namespace {

using Lines = std::vector<std::string>;

void append(Lines& lines, const bench::Table& table) {
    for (std::string& line : bench::lay_out_in_80(table)) lines.push_back(std::move(line));
}

std::vector<std::string> cells_of(const Holding& one) {
    if (!one.missing.empty()) return {one.name, "- " + one.missing.substr(0, 50)};
    return {one.name, grouped(one.idle.user.median), grouped(one.idle.kernel.median),
            one.body ? grouped(one.body->user.median) : "-",
            one.body ? grouped(one.body->kernel.median) : "-"};
}

std::string percent(double share) {
    return fmt::format("{:.0f}%", share * 100);
}

const Row* row_of(const Match& match, const std::string& key) {
    for (const Row& row : match.rows)
        if (row.key == key && row.missing.empty()) return &row;
    return nullptr;
}

std::string nanoseconds(double ns) {
    return ns < 99.95 ? fmt::format("{:.1f}", ns) : grouped(ns);
}

std::string median_and_quartiles(const Quartiles& ns) {
    const int decimals = ns.high < 99.95 ? 1 : 0;
    return fmt::format("{} ({:.{}f}-{:.{}f})", nanoseconds(ns.median), ns.low, decimals,
                       ns.high, decimals);
}

/// Each name once, in the order in which they come.
template <typename Value, typename Name>
std::vector<std::string> names_in(const std::vector<Value>& values, Name name) {
    std::vector<std::string> names;
    for (const Value& value : values)
        if (std::find(names.begin(), names.end(), name(value)) == names.end())
            names.push_back(name(value));
    return names;
}

}  // namespace

Lines table_of(const std::vector<Holding>& holdings) {
    const int connections = holdings.empty() ? 0 : holdings.front().connections;
    Lines lines{fmt::format("What a client costs in memory, at {} connections: bytes",
                            grouped(connections))};
    bench::Table table;
    table.head = {{"", "idle:", "", "body waited for:", ""},
                  {"", "process", "kernel", "process", "kernel"}};
    for (const Holding& one : holdings) table.rows.push_back(cells_of(one));
    append(lines, table);
    lines.push_back("");
    lines.push_back("kernel: both ends of the connection, and what others did meanwhile;");
    lines.push_back(
        "what exceeds the figure of 'limit' is the server's own: threads' stacks");
    return lines;
}

Lines table_of_waits(const Match& match) {
    Lines lines{
        fmt::format("POST, {:.0f} ms between head and body, {} connections: medians",
                    match.pause_ms, grouped(match.connections))};
    bench::Table table;
    table.head = {
        {"", "requests", "of the", "p50", "p99", "server's", "CPU us", "to", "load "},
        {"", "per s", "ceiling", "ms", "ms", "core", "each", match.base, "gen. "}};
    for (const Row& row : match.rows) {
        if (!row.missing.empty()) {
            table.rows.push_back({row.name, "- " + row.missing.substr(0, 50)});
            continue;
        }
        table.rows.push_back({row.name, grouped(row.per_second),
                              percent(row.per_second / match.ceiling()),
                              brief(row.p50_us / 1000), brief(row.p99_us / 1000),
                              percent(row.server_share), brief(row.server_us),
                              fmt::format("{:.2f}", row.us_to_base.median), load_of(row)});
    }
    append(lines, table);
    lines.push_back("");
    lines.push_back(fmt::format("ceiling: {} a second, if nothing but the pause took time",
                                grouped(match.ceiling())));
    for (std::string& line : remarks_on(match)) lines.push_back(std::move(line));
    return lines;
}

Lines table_of(const std::vector<Price>& prices) {
    Lines lines{"What a step costs: ns, median (quartiles)"};
    const auto things = names_in(prices, [](const Price& one) { return one.what; });
    const auto compilers = names_in(prices, [](const Price& one) { return one.compiler; });
    bench::Table table;
    table.head = {{""}};
    for (const std::string& compiler : compilers) table.head[0].push_back(compiler);
    for (const std::string& what : things) {
        std::vector<std::string> cells{what};
        for (const std::string& compiler : compilers) {
            const auto found =
                std::find_if(prices.begin(), prices.end(), [&](const Price& one) {
                    return one.what == what && one.compiler == compiler;
                });
            cells.push_back(found == prices.end() ? "-" : median_and_quartiles(found->ns));
        }
        table.rows.push_back(std::move(cells));
    }
    append(lines, table);
    return lines;
}

Lines table_of(const std::vector<TimerCost>& timers) {
    Lines lines{"A timer of 04's loop, while others are armed: ns, medians"};
    bench::Table table;
    table.head = {{"", "arm and cancel,", "arm and cancel,", "arm and fire,", "", ""},
                  {"armed", "any time", "the last", "any time", "log2", "ns/log2"}};
    for (const TimerCost& one : timers) {
        const double log = std::max(1.0, std::log2(one.armed));
        table.rows.push_back(
            {grouped(one.armed), nanoseconds(one.arm_and_cancel.median),
             nanoseconds(one.arm_last.median), nanoseconds(one.arm_and_fire.median),
             fmt::format("{:.1f}", log), nanoseconds(one.arm_and_fire.median / log)});
    }
    append(lines, table);
    lines.push_back("");
    lines.push_back("ns/log2 grows where the tree no longer fits into the caches");
    return lines;
}

Lines table_of_growth(const std::vector<Match>& matches) {
    Lines lines{"GET /health on more and more connections: requests/s, and p99 in ms"};
    bench::Table table;
    table.head = {{"connections"}};
    if (matches.empty()) return lines;
    for (const Row& row : matches.front().rows) {
        table.head[0].push_back(row.name);
        table.head[0].push_back("p99");
    }
    for (const Match& match : matches) {
        std::vector<std::string> cells{grouped(match.connections)};
        for (const Row& named : matches.front().rows) {
            const Row* row = row_of(match, named.key);
            const bool busy = row != nullptr && row->generator_was_busy();
            cells.push_back(row != nullptr ? grouped(row->per_second) + (busy ? "*" : "")
                                           : "-");
            cells.push_back(row != nullptr ? brief(row->p99_us / 1000) : "-");
        }
        table.rows.push_back(std::move(cells));
    }
    append(lines, table);
    for (const Match& match : matches)
        for (std::string& line : remarks_on(match))
            lines.push_back(fmt::format("{}: {}", grouped(match.connections), line));
    return lines;
}

}  // namespace six::speed
