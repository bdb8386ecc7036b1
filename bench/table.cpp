#include "bench/table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bench/numbers.hpp"

namespace six::bench {

namespace {

using Row = std::vector<std::string>;

constexpr double tolerable_disturbance = 0.1;  // of all cores

/// A server that could not be measured has its name and the reason in a row, and no
/// figures.
bool has_figures(const Row& row) {
    return row.size() != 2;
}

std::vector<std::size_t> widths_of(const Table& table) {
    std::vector<std::size_t> widths;
    const auto widen = [&](const Row& row) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    };
    for (const Row& row : table.head) widen(row);
    for (const Row& row : table.rows)
        if (has_figures(row)) widen(row);
    return widths;
}

std::string line(const Row& row, const std::vector<std::size_t>& widths, std::size_t gap) {
    std::string text = fmt::format("{:<{}}", row[0], widths[0]);
    if (!has_figures(row)) return text + std::string(gap, ' ') + row[1];
    for (std::size_t i = 1; i < row.size(); ++i)
        text += fmt::format("{:>{}}", row[i], widths[i] + gap);
    return text;
}

std::string milliseconds(const std::optional<double>& ms) {
    return ms ? brief(*ms) : "never";
}

Row measured_row(const Result& server) {
    if (!server.failure.empty()) return {server.name, server.failure};
    const bool has_memory = server.peak.total() > 0;
    return {server.name,
            grouped(server.at_once),
            grouped(server.never_served()),
            brief(server.requests_per_second),
            milliseconds(server.latency_ms(50)),
            milliseconds(server.latency_ms(99)),
            has_memory ? grouped(server.threads) : "-",
            has_memory ? brief(server.memory_growth().total() / 1024) : "-",
            server.cpu_ms_per_request ? brief(*server.cpu_ms_per_request * 1000) : "-"};
}

/// The same server under the load that was traced.
const Result* traced(const std::string& name, const Results& results) {
    for (const LoadResults& load : results.loads)
        for (const Result& server : load.servers)
            if (server.name == name && server.shares) return &server;
    return nullptr;
}

Row bill_row(const Result& server, const Results& results, const Application& application) {
    Row row{server.name};
    if (const Result* same = traced(server.name, results)) {
        const Shares& shares = *same->shares;
        for (const double share :
             {same->in_line(), shares.client, shares.database, shares.cpu})
            row.push_back(fmt::format("{:.2f}%", share));
    } else {
        row.insert(row.end(), 4, "-");
    }
    if (const auto bill = bill_for(server, application)) {
        row.push_back(grouped(bill->servers));
        row.push_back(bill->binding.resource);
        row.push_back(grouped(bill->monthly));
    } else {
        row.insert(row.end(), 3, "-");
    }
    return row;
}

}  // namespace

std::vector<std::string> lay_out(const Table& table, std::size_t gap) {
    const std::vector<std::size_t> widths = widths_of(table);
    std::vector<std::string> lines;
    for (const Row& row : table.head) lines.push_back(line(row, widths, gap));
    lines.emplace_back(lines.back().size(), '-');
    for (const Row& row : table.rows) lines.push_back(line(row, widths, gap));
    return lines;
}

std::vector<std::string> lay_out_in_80(const Table& table) {
    const auto lines = lay_out(table, 2);
    return lines[0].size() <= 80 ? lines : lay_out(table, 1);
}

std::vector<std::string> measured_table(const LoadResults& results) {
    Table table;
    table.head = {
        {"", "served", "never", "requests", "p50", "p99", "", "memory", "CPU ms"},
        {"", "at once", "served", "per s", "ms", "ms", "threads", "MiB", "/1,000"}};
    for (const Result& server : results.servers) table.rows.push_back(measured_row(server));
    return lay_out_in_80(table);
}

std::vector<std::string> bill_table(const Results& results,
                                    const Application& application) {
    Table table;
    table.head = {
        {"", "in", "for the", "for the", "on the", "servers", "", "bill"},
        {"", "line", "client", "database", "CPU", "needed", "bound by", "a month"}};
    for (const Result& server : results.loads.back().servers)
        if (server.failure.empty())
            table.rows.push_back(bill_row(server, results, application));
    return lay_out_in_80(table);
}

std::vector<std::string> remarks(const LoadResults& results) {
    std::vector<std::string> lines;
    double others = 0;
    for (const Result& server : results.servers) {
        if (!server.failure.empty()) continue;
        others = std::max(others, server.others_share);
        if (server.never_served() > 0)
            lines.push_back(
                fmt::format("{}: {} of {} never served, on the CPU {:.1f} % of the time",
                            server.name, grouped(server.never_served()),
                            grouped(server.counted), server.cpu_share * 100));
        if (const Memory more = server.memory_growth(); more.kernel_stacks >= 1024)
            lines.push_back(fmt::format(
                "{}: of {} MiB, {} are stacks in the kernel, {} page tables", server.name,
                brief(more.total() / 1024), brief(more.kernel_stacks / 1024),
                brief(more.page_tables / 1024)));
        if (server.out_of_reach > 0)
            lines.push_back(
                fmt::format("{}: for {} clients this machine had no socket left",
                            server.name, grouped(server.out_of_reach)));
    }
    if (others > tolerable_disturbance)
        lines.push_back(
            fmt::format("Meanwhile other programs used up to {:.0f} % of the CPU: measure "
                        "again without them",
                        others * 100));
    return lines;
}

}  // namespace six::bench
