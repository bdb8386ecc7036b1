#include "docs/weave/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <stdexcept>

#include "bench/bill.hpp"
#include "bench/numbers.hpp"

namespace six::docs {

namespace {

using bench::brief;
using bench::grouped;
using bench::Load;
using bench::LoadResults;
using bench::Result;
using bench::Results;

template <class List>
const auto& named(const List& list, const std::string& name, const auto& name_of) {
    const auto found = std::find_if(
        list.begin(), list.end(), [&](const auto& item) { return name_of(item) == name; });
    if (found == list.end())
        throw std::runtime_error("the recording has no \"" + name + "\"");
    return *found;
}

const LoadResults& load_of(const Results& results, const std::string& name) {
    return named(results.loads, name,
                 [](const LoadResults& load) { return load.load.name; });
}

const Result& server_of(const LoadResults& load, const std::string& name) {
    return named(load.servers, name, [](const Result& server) { return server.name; });
}

std::string milliseconds(const std::optional<double>& ms) {
    return ms ? brief(*ms) : "never";
}

const std::map<std::string, std::function<std::string(const Load&)>> load_figures{
    {"clients", [](const Load& load) { return grouped(load.clients); }},
    {"pause_s", [](const Load& load) { return brief(load.pause.count()); }},
    {"rate", [](const Load& load) { return grouped(load.rate); }},
};

const std::map<std::string, std::function<std::string(const Result&)>> server_figures{
    {"at_once", [](const Result& server) { return grouped(server.at_once); }},
    {"counted", [](const Result& server) { return grouped(server.counted); }},
    {"served", [](const Result& server) { return grouped(server.served); }},
    {"never_served", [](const Result& server) { return grouped(server.never_served()); }},
    {"requests_per_second",
     [](const Result& server) { return brief(server.requests_per_second); }},
    {"p50_ms", [](const Result& server) { return milliseconds(server.latency_ms(50)); }},
    {"p99_ms", [](const Result& server) { return milliseconds(server.latency_ms(99)); }},
    {"threads", [](const Result& server) { return grouped(server.threads); }},
    {"memory_mib",
     [](const Result& server) { return brief(server.memory_growth().total() / 1024); }},
    {"resident_mib",
     [](const Result& server) { return brief(server.memory_growth().resident / 1024); }},
    {"cpu_percent", [](const Result& server) { return brief(server.cpu_share * 100); }},
    {"cpu_ms_per_1000",
     [](const Result& server) {
         return server.cpu_ms_per_request ? brief(*server.cpu_ms_per_request * 1000)
                                          : std::string("-");
     }},
};

template <class Map>
const auto& figure_named(const Map& figures, const std::string& key) {
    const auto found = figures.find(key);
    if (found == figures.end()) throw std::runtime_error("no figure is called " + key);
    return found->second;
}

std::vector<const Result*> selected(const LoadResults& load,
                                    const std::vector<std::string>& servers) {
    std::vector<const Result*> rows;
    if (servers.empty())
        for (const Result& server : load.servers) rows.push_back(&server);
    for (const std::string& name : servers) rows.push_back(&server_of(load, name));
    return rows;
}

}  // namespace

std::string figure(const Results& results, const std::string& path) {
    const auto first = path.find('/');
    const auto last = path.rfind('/');
    if (first == std::string::npos) throw std::runtime_error("no figure is called " + path);
    const std::string load_name = path.substr(0, first);
    const LoadResults& load = load_of(results, load_name);
    const std::string key = path.substr(last + 1);
    if (first == last) return figure_named(load_figures, key)(load.load);
    return figure_named(server_figures,
                        key)(server_of(load, path.substr(first + 1, last - first - 1)));
}

std::vector<std::string> table(const Results& results, const std::string& load,
                               const std::vector<std::string>& servers) {
    std::vector<std::string> lines{
        "| | served at once | never served | requests/s | p50 ms | p99 ms | threads | "
        "memory MiB | "
        "CPU ms per 1,000 |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|"};
    for (const Result* server : selected(load_of(results, load), servers)) {
        std::string line = "| " + server->name;
        for (const char* key : {"at_once", "never_served", "requests_per_second", "p50_ms",
                                "p99_ms", "threads", "memory_mib", "cpu_ms_per_1000"})
            line += " | " + server_figures.at(key)(*server);
        lines.push_back(line + " |");
    }
    return lines;
}

namespace {

std::string assumptions() {
    const bench::Application app;
    return fmt::format(
        "{} requests/s, each with {:g} ms of your own code; machines of {:g} cores, {:g} "
        "GiB and {} threads, used to {:.0f} %:",
        grouped(app.requests_per_second), app.cpu_ms, app.machine_cores,
        app.machine_memory_gib, grouped(app.machine_threads), app.filled * 100);
}

}  // namespace

std::vector<std::string> bill(const Results& results, const std::string& load,
                              const std::vector<std::string>& waiting_ms) {
    std::vector<bench::Application> applications;
    std::string head = "| machines needed, and by what |";
    std::string rule = "|---|";
    for (const std::string& milliseconds : waiting_ms) {
        applications.push_back({.waiting_ms = std::stod(milliseconds)});
        head += fmt::format(" waiting {:g} s | |", applications.back().waiting_ms / 1000);
        rule += "--:|---|";
    }
    std::vector<std::string> lines{assumptions(), "", head, rule};
    for (const Result& server : load_of(results, load).servers) {
        std::string line = "| " + server.name;
        for (const bench::Application& application : applications) {
            const auto needed = bench::bill_for(server, application);
            line += needed ? fmt::format(" | {} | {}", brief(needed->binding.servers),
                                         needed->binding.resource)
                           : std::string(" | - | -");
        }
        lines.push_back(line + " |");
    }
    return lines;
}

std::vector<std::string> shares(const Results& results, const std::string& load,
                                const std::vector<std::string>& servers) {
    std::vector<std::string> lines{
        "| | in line | waits for the client | waits for the database | on the CPU |",
        "|---|--:|--:|--:|--:|"};
    for (const Result* server : selected(load_of(results, load), servers)) {
        if (!server->shares)
            throw std::runtime_error("the recording has no shares of " + server->name);
        const bench::Shares& part = *server->shares;
        lines.push_back(fmt::format("| {} | {:.2f} % | {:.2f} % | {:.2f} % | {:.2f} % |",
                                    server->name, server->in_line(), part.client,
                                    part.database, part.cpu));
    }
    return lines;
}

namespace {

/// The string that follows `"key": ` between two places of a JSON text. The lab's titles
/// and words have no escapes.
std::string value_of(const std::string& key, const std::string& text, std::size_t from) {
    const std::string sign = "\"" + key + "\": \"";
    const auto start = text.find(sign, from);
    if (start == std::string::npos) throw std::runtime_error("the lab has no " + key);
    const auto end = text.find('"', start + sign.size());
    return text.substr(start + sign.size(), end - start - sign.size());
}

/// The cells of one fault: `| **stalls**` each.
std::string fault_cells(const std::string& row) {
    std::string cells;
    for (auto at = row.find("{\"server\""); at != std::string::npos;
         at = row.find("{\"server\"", at + 1)) {
        const bool bad = row.compare(row.find("\"good\": ", at) + 8, 5, "false") == 0;
        const std::string mark = bad ? "**" : "";
        cells += " | " + mark + value_of("word", row, at) + mark;
    }
    return cells + " |";
}

}  // namespace

std::vector<std::string> faults(const std::string& recording) {
    constexpr const char* row_sign = "{\"name\": ";
    std::vector<std::string> lines{"| | 01 | 02 | 03 | 04 | 05 | 06 |",
                                   "|---|---|---|---|---|---|---|"};
    auto start = recording.find(row_sign);
    while (start != std::string::npos) {
        const auto end = recording.find(row_sign, start + 1);
        const std::string row = recording.substr(start, end - start);
        lines.push_back("| " + value_of("title", row, 0) + fault_cells(row));
        start = end;
    }
    if (lines.size() == 2) throw std::runtime_error("the lab has recorded no fault");
    return lines;
}

std::string machine(const Results& results) {
    const bench::MachineInfo& machine = results.machine;
    return fmt::format("{}, {} cores, {}, {}; {}", machine.cpu, machine.cores,
                       machine.system, machine.compiler, machine.date);
}

}  // namespace six::docs
