#include "bench/speed/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace six::speed {

namespace {

std::string all_keys() {
    std::string keys;
    for (const Contestant& contestant : all_contestants())
        keys += (keys.empty() ? "" : ",") + contestant.key;
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
            throw CLI::ValidationError("there is no server '" + key + "', only " +
                                       all_keys());
    return asked;
}

CLI::Validator between(double low, double high) {
    return CLI::Range(low, high).description("");
}

void declare(CLI::App& app, Options& options, std::vector<std::string>& servers) {
    app.add_option("--what", options.what,
                   "health, post, waiting (clients), coroutine (its price), growth or all")
        ->check(CLI::IsMember({"health", "post", "waiting", "coroutine", "growth", "all"})
                    .description(""))
        ->type_name("WHICH");
    app.add_option("--servers", servers, "some of " + all_keys())
        ->delimiter(',')
        ->type_name("LIST");
    app.add_option("--connections", options.connections,
                   "at a time (64,512 for health; 1,64,256 for post; "
                   "1000,8000 for waiting; 1 to 10000 for growth)")
        ->delimiter(',')
        ->check(between(1, 100'000))
        ->type_name("LIST");
    app.add_option("--rounds", options.rounds, "in each of which all are measured (7)")
        ->check(between(1, 1000))
        ->type_name("N");
    app.add_option("--seconds", options.seconds, "of a server's turn in a round (0.5)")
        ->check(between(0.01, 600))
        ->type_name("N");
    app.add_flag("--counts", options.counts, "count instructions and system calls instead");
    app.add_flag("--gates", options.gates, "count, and fail if a gate is broken");
    app.add_option("--json", options.json, "where the results go")->type_name("FILE");
    app.add_option("--report", options.report, "where the page with the plots goes")
        ->type_name("FILE");
}

}  // namespace

Options parse_options(int argc, const char* const* argv,
                      const std::filesystem::path& build) {
    CLI::App app{"Measures how fast the servers are, beside others, in paired rounds.",
                 "bench"};
    app.get_formatter()->column_width(28);
    app.set_help_flag("--help", "print this, and exit");
    Options options;
    std::vector<std::string> servers;
    declare(app, options, servers);
    try {
        app.parse(argc, argv);
        options.contestants = contestants_named(servers);
    } catch (const CLI::Success& help) {
        std::exit(app.exit(help));
    } catch (const CLI::Error& error) {
        std::fprintf(stderr, "bench: %s\n", error.what());
        std::exit(2);
    }
    const char* name = options.counts || options.gates ? "bench-counts" : "bench-report";
    if (options.report.empty()) options.report = build / (std::string(name) + ".html");
    if (options.json.empty())
        options.json = std::filesystem::path(options.report).replace_extension(".json");
    options.counts = options.counts || options.gates;
    return options;
}

}  // namespace six::speed
