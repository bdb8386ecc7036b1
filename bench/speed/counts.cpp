#include "bench/speed/counts.hpp"

#include <cstdlib>
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
    std::optional<double> (*read)(const std::string& report);
};
const Tool callgrind{
    "valgrind", {"-q", "--tool=callgrind", "--callgrind-out-file="}, true, instructions_in};
const Tool strace{"strace", {"-f", "-c", "-o"}, false, calls_in};

/// What the tool counts from the server's start to its end, with so many requests between.
double count_run(const Contestant& contestant, const Workshop& workshop, const Tool& tool,
                 const std::string& program, std::uint64_t requests, int connections) {
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
    const std::optional<double> counted = tool.read(testing::read_file(report));
    if (!counted) throw std::runtime_error(tool.program + " has reported nothing");
    return *counted;
}

/// For one request: the difference of two runs, so that starting and ending drop out.
/// Nothing: there is no such tool.
std::optional<double> count(const Contestant& contestant, const Workshop& workshop,
                            const Tool& tool, int connections) {
    const auto found = find_programs(tool.program);
    if (found.empty()) return {};
    const auto run = [&](std::uint64_t requests) {
        return count_run(contestant, workshop, tool, found.front(), requests, connections);
    };
    const double less = run(few);
    return (run(many) - less) / static_cast<double>(many - few);
}

Count count_for(const Contestant& contestant, const Workshop& workshop) {
    Count result{contestant.key, contestant.name, {}, {}, {}, {}};
    try {
        result.instructions = count(contestant, workshop, callgrind, 64);
        result.calls_at_64 = count(contestant, workshop, strace, 64);
        result.calls_at_1 = count(contestant, workshop, strace, 1);
    } catch (const std::exception& error) {
        const std::string reason = error.what();
        result.missing = reason.substr(0, reason.find('\n'));
    }
    return result;
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
