#include "bench/speed/tables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bench/numbers.hpp"
#include "bench/table.hpp"

namespace six::speed {

using bench::brief;
using bench::grouped;

namespace {

using Lines = std::vector<std::string>;

std::string ratio(double value) {
    return value < 99.5 ? fmt::format("{:.2f}", value) : grouped(value);
}

std::string between(const Quartiles& quartiles) {
    return ratio(quartiles.low) + "-" + ratio(quartiles.high);
}

std::string milliseconds(double us) {
    return us < 1000 ? fmt::format("{:.2f}", us / 1000) : brief(us / 1000);
}

std::vector<std::string> cells_of(const Row& row) {
    if (!row.missing.empty()) return {row.name, "- " + row.missing.substr(0, 60)};
    return {row.name,
            grouped(row.per_second),
            ratio(row.to_base.median),
            between(row.to_base),
            row.from_06 ? ratio(row.from_06->median) : "-",
            milliseconds(row.p50_us),
            milliseconds(row.p99_us),
            ratio(row.us_to_base.median),
            load_of(row)};
}

std::string name_of(const std::string& key, const Match& match) {
    for (const Row& row : match.rows)
        if (row.key == key) return row.name;
    return key;
}

std::string figure(const std::optional<double>& value, int decimals) {
    if (!value) return "-";
    return decimals == 0 ? grouped(*value) : fmt::format("{:.{}f}", *value, decimals);
}

std::string spread_ms(const Quartiles& us) {
    return fmt::format("{} ({}-{})", milliseconds(us.median), milliseconds(us.low),
                       milliseconds(us.high));
}

void append_rows(bench::Table& table, const Meanwhile& one) {
    if (!one.missing.empty()) {
        table.rows.push_back({one.name, "- " + one.missing.substr(0, 50)});
        return;
    }
    table.rows.push_back({one.name, grouped(one.posts_per_second), spread_ms(one.p50_us),
                          spread_ms(one.p99_us)});
    table.rows.push_back(
        {"  nobody saves", "", spread_ms(one.alone_p50_us), spread_ms(one.alone_p99_us)});
}

}  // namespace

std::string load_of(const Row& row) {
    return fmt::format("{:.0f}%{}", row.generator_share * 100,
                       row.generator_was_busy() ? "*" : " ");
}

Lines remarks_on(const Match& match) {
    Lines lines;
    bool busy = false;
    for (const Row& row : match.rows) {
        busy = busy || row.generator_was_busy();
        if (row.refused + row.broken > 0)
            lines.push_back(fmt::format("{}: {} answers were no 200, {} connections broke",
                                        row.name, grouped(static_cast<double>(row.refused)),
                                        grouped(static_cast<double>(row.broken))));
    }
    if (busy)
        lines.push_back(
            "* the load generator was busy, too: compare the CPU time, not the rate");
    if (match.connected_anew)
        lines.push_back("connected anew for each turn: too few sockets for all at once");
    if (match.noisy > 0)
        lines.push_back(fmt::format(
            "{} of {} rounds stayed noisy: other programs took {:.0f} % of the CPU",
            match.noisy, match.rounds, match.others_share * 100));
    return lines;
}

Lines table_of(const Match& match) {
    const char* request = match.what == "post"    ? "durable POST"
                          : match.what == "loops" ? "GET /health, both cores"
                                                  : "GET /health";
    Lines lines{fmt::format("{}, {} connections: medians of {} rounds", request,
                            match.connections, match.rounds)};
    bench::Table table;
    table.head = {
        {"", "requests", "to", "", "06", "p50", "p99", "CPU", "load "},
        {"", "per s", match.base, "quartiles", "to it", "ms", "ms", match.base, "gen. "}};
    for (const Row& row : match.rows) table.rows.push_back(cells_of(row));
    for (std::string& line : bench::lay_out_in_80(table)) lines.push_back(std::move(line));
    lines.push_back("");
    lines.push_back(fmt::format("to {}: its rate to that of '{}' in the same round;",
                                match.base, name_of(match.base, match)));
    lines.push_back("CPU: the same of its time on the CPU for a request");
    if (match.what == "loops")
        lines.push_back(
            "the load generator is on both cores, too: a second loop has none to itself");
    for (std::string& line : remarks_on(match)) lines.push_back(std::move(line));
    return lines;
}

Lines table_of(const std::vector<Count>& counts) {
    Lines lines{"What a GET /health costs, by count"};
    bench::Table table;
    table.head = {{"", "instructions", "", "mutexes", "system calls", ""},
                  {"", "64 clients", "1,024", "64", "64", "1"}};
    for (const Count& count : counts) {
        if (!count.missing.empty()) {
            table.rows.push_back({count.name, "- " + count.missing.substr(0, 60)});
            continue;
        }
        table.rows.push_back({count.name, figure(count.instructions, 0),
                              figure(count.at_1024, 0), figure(count.locks, 2),
                              figure(count.calls_at_64, 2), figure(count.calls_at_1, 2)});
    }
    for (std::string& line : bench::lay_out(table)) lines.push_back(std::move(line));
    return lines;
}

Lines table_of(const std::vector<Meanwhile>& all) {
    if (all.empty()) return {};
    Lines lines{fmt::format(
        "GET /health on {} connections while {} others save: ms, median (quartiles)",
        all.front().gets, all.front().posts)};
    bench::Table table;
    table.head = {{"", "items/s", "p50", "p99"}};
    int noisy = 0;
    for (const Meanwhile& one : all) {
        append_rows(table, one);
        noisy = std::max(noisy, one.noisy);
    }
    for (std::string& line : bench::lay_out_in_80(table)) lines.push_back(std::move(line));
    lines.push_back("");
    lines.push_back(
        fmt::format("{} rounds, in each of them every server;", all.front().rounds));
    lines.push_back(
        "who asks and who saves are two threads on the load generator's one core");
    if (noisy > 0) lines.push_back(fmt::format("{} rounds stayed noisy", noisy));
    return lines;
}

}  // namespace six::speed
