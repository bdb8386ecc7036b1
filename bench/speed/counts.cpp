#include "bench/speed/counts.hpp"

#include <cstdlib>
#include <map>
#include <sstream>

#include "bench/speed/matches.hpp"
#include "common/testing/files.hpp"

namespace six::speed {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t few = 2'000;
constexpr std::uint64_t many = 5 * few;

/// A program that counts what a server does, and how to read its report.
struct Tool {
    std::string program;
    std::vector<std::string> options;  ///< the report's file comes behind the last one
    bool in_one_word = false;          ///< "--out=FILE" instead of "-o FILE"
};
const Tool callgrind{"valgrind", {"-q", "--tool=callgrind", "--callgrind-out-file="}, true};
const Tool strace{"strace", {"-f", "-c", "-o"}};

/// A figure of a report.
using Read = std::optional<double> (*)(const std::string& report);

/// The tool's report from the server's start to its end, with so many requests between.
std::string report_of(const Contestant& contestant, const Workshop& workshop,
                      const Tool& tool, const std::string& program, std::uint64_t requests,
                      int connections) {
    const std::string report = (workshop.work / "counts").string();
    std::vector<std::string> wrapper{program};
    wrapper.insert(wrapper.end(), tool.options.begin(), tool.options.end());
    if (tool.in_one_word) {
        wrapper.back() += report;
    } else {
        wrapper.push_back(report);
    }
    RunningServer server(contestant, workshop, wrapper);
    Tally tally;
    {
        Generator generator(server.address(), {health_request()}, connections);
        tally = generator.run({120s, requests});
    }
    server.stop();
    if (tally.answered != requests) throw std::runtime_error("not all was answered");
    return testing::read_file(report);
}

/// For one request: the difference of two runs, so that starting and ending drop out. A
/// figure for each of `reads`. Nothing: there is no such tool.
std::vector<std::optional<double>> count(const Contestant& contestant,
                                         const Workshop& workshop, const Tool& tool,
                                         int connections, const std::vector<Read>& reads) {
    std::vector<std::optional<double>> figures(reads.size());
    const auto found = find_programs(tool.program);
    if (found.empty()) return figures;
    const auto run = [&](std::uint64_t requests) {
        return report_of(contestant, workshop, tool, found.front(), requests, connections);
    };
    const std::string shorter = run(few);
    const std::string longer = run(many);
    for (std::size_t i = 0; i < reads.size(); ++i) {
        const auto less = reads[i](shorter);
        const auto more = reads[i](longer);
        if (!less || !more)
            throw std::runtime_error(tool.program + " has reported nothing");
        figures[i] = (*more - *less) / static_cast<double>(many - few);
    }
    return figures;
}

/// For whom the number of connections must make no difference.
bool has_our_loop(const Contestant& contestant) {
    return contestant.key == "04" || contestant.key == "05" || contestant.key == "06";
}

Count count_for(const Contestant& contestant, const Workshop& workshop) {
    Count result{contestant.key, contestant.name, {}, {}, {}, {}, {}, {}};
    try {
        const auto counted =
            count(contestant, workshop, callgrind, 64, {instructions_in, locks_in});
        result.instructions = counted[0];
        result.locks = counted[1];
        if (has_our_loop(contestant))
            result.at_1024 =
                count(contestant, workshop, callgrind, 1'024, {instructions_in})[0];
        result.calls_at_64 = count(contestant, workshop, strace, 64, {calls_in})[0];
        result.calls_at_1 = count(contestant, workshop, strace, 1, {calls_in})[0];
    } catch (const std::exception& error) {
        const std::string reason = error.what();
        result.missing = reason.substr(0, reason.find('\n'));
    }
    return result;
}

/// What std::mutex calls, under the names that a C library has for it. Not what a condition
/// variable does when it wakes (__pthread_mutex_cond_lock): it has taken its mutex before.
bool takes_a_mutex(const std::string& function) {
    return function.find("pthread_mutex_lock") != function.npos ||
           function.find("pthread_mutex_trylock") != function.npos;
}

}  // namespace

std::optional<double> instructions_in(const std::string& callgrind_file) {
    std::istringstream lines(callgrind_file);
    for (std::string line; std::getline(lines, line);)
        for (const std::string name : {"summary:", "totals:"})
            if (line.starts_with(name))
                return std::strtod(line.c_str() + name.size(), nullptr);
    return {};
}

std::optional<double> locks_in(const std::string& callgrind_file) {
    if (!instructions_in(callgrind_file)) return {};
    std::map<std::string, std::string> names;  // a name stands there once, then its number
    bool locks = false;
    double calls = 0;
    std::istringstream lines(callgrind_file);
    for (std::string line; std::getline(lines, line);) {
        const bool called = line.starts_with("cfn=");
        if (called || line.starts_with("fn=")) {
            const std::size_t end = line.find(')');
            const std::string number = line.substr(0, end).substr(line.find('('));
            if (end + 1 < line.size()) names[number] = line.substr(end + 1);
            if (called) locks = takes_a_mutex(names[number]);
        } else if (locks && line.starts_with("calls=")) {
            calls += std::strtod(line.c_str() + 6, nullptr);
        }
    }
    return calls;
}

std::optional<double> calls_in(const std::string& strace_table) {
    std::istringstream lines(strace_table);
    std::optional<double> calls;
    for (std::string line; std::getline(lines, line);) {
        // % time, seconds, usecs/call, calls, errors if any, name
        std::istringstream columns(line);
        double skipped = 0;
        double count = 0;
        std::string name;
        if (!(columns >> skipped >> skipped >> skipped >> count)) continue;
        while (columns >> name) {}
        if (name != "total") calls = calls.value_or(0) + count;
    }
    return calls;
}

std::vector<Count> count_all(const std::vector<Contestant>& contestants,
                             const Workshop& workshop, std::vector<std::string>& notes,
                             const std::function<void(const std::string&)>& tell) {
    for (const Tool& tool : {callgrind, strace})
        if (find_programs(tool.program).empty())
            notes.push_back("there is no " + tool.program + ": what it counts is missing");
    std::vector<Count> counts;
    for (const Contestant& contestant : contestants) {
        if (!contestant.is_ours() && contestant.key != "limit") continue;
        if (contestant.only_saves) continue;
        tell("counting " + contestant.name);
        counts.push_back(count_for(contestant, workshop));
    }
    return counts;
}

}  // namespace six::speed
