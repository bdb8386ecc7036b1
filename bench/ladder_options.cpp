#include "bench/ladder_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace six::bench {

namespace {

/// What may change a load.
struct Changes {
    std::string load = "both";
    bool quick = false;
    bool closed = false;
    std::optional<int> clients;
    std::optional<double> pause_s;
    std::optional<double> rate;
    std::optional<double> seconds;
    std::optional<std::size_t> body_bytes;
};

[[noreturn]] void refuse(const std::string& reason) {
    throw CLI::ValidationError(reason);
}

CLI::Validator between(double low, double high) {
    const auto check = [=](const std::string& text) -> std::string {
        char* end = nullptr;
        const double number = std::strtod(text.c_str(), &end);
        if (!text.empty() && *end == '\0' && number >= low && number <= high) return {};
        return fmt::format("'{}' is not a number from {:.10g} to {:.10g}", text, low, high);
    };
    return CLI::Validator(check, "");
}

void check_together(const Changes& changes) {
    const bool reshaped =
        changes.clients || changes.pause_s || changes.rate || changes.closed;
    if (reshaped && changes.load == "both")
        refuse("which load? Say --load small or --load large, too");
    if (changes.closed && changes.rate) refuse("--closed has no --rate: answers set it");
    if (changes.clients && changes.rate)
        refuse("--clients or --rate, not both: clients = rate x pause");
    if (changes.pause_s == 0.0 && !changes.closed && !changes.rate)
        refuse("without a pause, --rate or --closed must say how fast clients come");
}

Load changed(Load load, const Changes& changes) {
    if (changes.quick) load = quick(std::move(load));
    if (changes.closed) load.loop = Load::Loop::closed;
    if (changes.clients) load.clients = *changes.clients;
    if (changes.pause_s) load.pause = Seconds(*changes.pause_s);
    if (changes.seconds) load.window = Seconds(*changes.seconds);
    if (changes.body_bytes) load.body_bytes = *changes.body_bytes;
    if (changes.rate) {
        load.rate = *changes.rate;
        load.clients =
            std::max(1, static_cast<int>(std::lround(load.rate * load.pause.count())));
    } else if (load.loop == Load::Loop::open) {
        load.rate = load.clients / load.pause.count();
    }
    return load;
}

std::vector<Load> loads_of(const Changes& changes) {
    check_together(changes);
    std::vector<Load> loads;
    if (changes.load != "large") loads.push_back(changed(small_load(), changes));
    if (changes.load != "small") loads.push_back(changed(large_load(), changes));
    return loads;
}

std::vector<Rung> rungs_named(std::vector<std::string> chapters) {
    if (chapters.empty()) return all_rungs();
    for (std::string& chapter : chapters) {
        if (chapter.size() == 1) chapter.insert(0, "0");
        if (rungs_of({chapter}).empty())
            refuse("there is no chapter '" + chapter + "', only 01 to 06");
    }
    return rungs_of(chapters);
}

void declare_loads(CLI::App& app, Changes& changes) {
    const std::string group = "The load";
    const auto add = [&](CLI::Option* option) { option->group(group); };
    add(app.add_option("--load", changes.load, "small, large or both (both)")
            ->check(CLI::IsMember({"small", "large", "both"}).description(""))
            ->type_name("WHICH"));
    add(app.add_option("--clients", changes.clients, "at a time (400; 5000)")
            ->type_name("N")
            ->check(between(1, 100'000)));
    add(app.add_option("--pause", changes.pause_s, "seconds between head and body (1; 5)")
            ->type_name("N")
            ->check(between(0, 3600)));
    add(app.add_option("--rate", changes.rate, "clients a second, instead of --clients")
            ->type_name("N")
            ->check(between(0.1, 100'000)));
    add(app.add_option("--body", changes.body_bytes, "bytes in a body (200)")
            ->type_name("N")
            ->check(between(1, 1'048'576)));
    add(app.add_option("--seconds", changes.seconds, "of measuring, once it is steady (3)")
            ->type_name("N")
            ->check(between(0.1, 3600)));
    add(app.add_flag("--closed", changes.closed,
                     "each client comes again when it was answered"));
    add(app.add_flag("--quick", changes.quick, "a tenth of everything, in 15 seconds"));
}

void declare_application(CLI::App& app, Application& application) {
    const std::string group = "Your application, and the machines that it runs on";
    const auto add = [&](const char* name, double& value, double low, double high,
                         const char* help) {
        app.add_option(name, value, fmt::format("{} ({:g})", help, value))
            ->type_name("N")
            ->check(between(low, high))
            ->group(group);
    };
    add("--requests-per-second", application.requests_per_second, 1, 1e9, "at your peak");
    add("--waiting-ms", application.waiting_ms, 0, 1e7,
        "that a request waits, for anything");
    add("--cpu-ms", application.cpu_ms, 0, 1e6, "that your own code computes for it");
    add("--process-memory", application.process_mib, 0, 1e6,
        "MiB that it needs per process");
    add("--machine-memory", application.machine_memory_gib, 0.1, 1e5, "GiB of a machine");
    add("--machine-cores", application.machine_cores, 0.1, 1e4, "cores of a machine");
    add("--machine-price", application.machine_price, 0, 1e9, "a month, in your currency");
    add("--machine-threads", application.machine_threads, 1, 1e8, "threads it can have");
    add("--machine-connections", application.machine_connections, 1, 1e8,
        "connections it can have");
}

void declare_output(CLI::App& app, LadderOptions& options,
                    std::vector<std::string>& chapters) {
    app.add_option("--chapters", chapters, "01,02,... (all)")
        ->delimiter(',')
        ->type_name("LIST");
    app.add_option("--report", options.report, "where the HTML report goes")
        ->type_name("FILE");
    app.add_option("--json", options.json, "where the results go (beside the report)")
        ->type_name("FILE");
    app.add_option("--from", options.from, "results to show again instead of measuring")
        ->type_name("FILE");
}

}  // namespace

LadderOptions parse_options(int argc, const char* const* argv,
                            const std::filesystem::path& build) {
    CLI::App app{"Measures all servers of the course side by side, under the same clients.",
                 "ladder"};
    app.get_formatter()->column_width(28);
    app.set_help_flag("--help", "print this, and exit");
    LadderOptions options;
    Changes changes;
    std::vector<std::string> chapters;
    declare_output(app, options, chapters);
    declare_loads(app, changes);
    declare_application(app, options.application);
    try {
        app.parse(argc, argv);
        options.rungs = rungs_named(chapters);
        options.loads = loads_of(changes);
    } catch (const CLI::Success& help) {
        std::exit(app.exit(help));
    } catch (const CLI::Error& error) {
        std::fprintf(stderr, "ladder: %s\n", error.what());
        std::exit(2);
    }
    if (options.report.empty()) options.report = build / "demo-report.html";
    if (options.json.empty())
        options.json = std::filesystem::path(options.report).replace_extension(".json");
    return options;
}

}  // namespace six::bench
