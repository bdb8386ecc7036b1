#include "bench/speed/options.hpp"

#include <algorithm>

#include "common/command_line.hpp"

namespace six::speed {

namespace {

std::string all_keys() {
    std::string keys;
    for (const Contestant& contestant : all_contestants())
        keys += (keys.empty() ? "" : ", ") + contestant.key;
    return keys;
}

std::vector<Contestant> contestants_named(const std::vector<std::string>& keys) {
    if (keys.empty()) return all_contestants();
    const auto is_asked = [&](const Contestant& contestant) {
        return std::find(keys.begin(), keys.end(), contestant.key) != keys.end();
    };
    std::vector<Contestant> asked;
    for (const Contestant& contestant : all_contestants())
        if (is_asked(contestant)) asked.push_back(contestant);
    for (const std::string& key : keys)
        if (std::none_of(asked.begin(), asked.end(),
                         [&](const Contestant& one) { return one.key == key; }))
            throw WrongUsage("there is no server '" + key + "', only " + all_keys());
    return asked;
}

void declare(CommandLine& line, Options& options, std::vector<std::string>& servers,
             std::vector<std::string>& connections) {
    line.choice("--what", options.what,
                {"health", "post", "waiting", "coroutine", "growth", "all"}, "which");
    line.list("--servers", servers, "some of " + all_keys());
    line.list("--connections", connections,
              "at a time (64,512 for health; 1,64,256 for post; 1000,8000 for waiting; 1 "
              "to 10000 for growth)");
    line.number("--rounds", options.rounds, 1, 1000, "in each of which all are measured");
    line.real("--seconds", options.seconds, 0.01, 600, "of a server's turn in a round");
    line.flag("--counts", options.counts, "count instructions and system calls instead");
    line.flag("--gates", options.gates, "count, and fail if a gate is broken");
    line.file("--json", options.json, "where the results go");
    line.file("--report", options.report, "where the page with the plots goes");
}

}  // namespace

Options parse_options(int argc, const char* const* argv,
                      const std::filesystem::path& build) {
    CommandLine line{"bench",
                     "Measures how fast the servers are, beside others, in paired rounds."};
    Options options;
    std::vector<std::string> servers;
    std::vector<std::string> connections;
    declare(line, options, servers, connections);
    line.parse(argc, argv, [&] {
        options.contestants = contestants_named(servers);
        for (const std::string& number : connections)
            options.connections.push_back(
                static_cast<int>(to_number("--connections", number, 1, 100'000)));
    });
    const char* name = options.counts || options.gates ? "bench-counts" : "bench-report";
    if (options.report.empty()) options.report = build / (std::string(name) + ".html");
    if (options.json.empty())
        options.json = std::filesystem::path(options.report).replace_extension(".json");
    options.counts = options.counts || options.gates;
    return options;
}

}  // namespace six::speed
