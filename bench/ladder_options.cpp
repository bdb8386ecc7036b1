#include "bench/ladder_options.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "common/command_line.hpp"

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

void check_together(const Changes& changes) {
    const bool reshaped =
        changes.clients || changes.pause_s || changes.rate || changes.closed;
    if (reshaped && changes.load == "both")
        throw WrongUsage("which load? Say --load small or --load large, too");
    if (changes.closed && changes.rate)
        throw WrongUsage("--closed has no --rate: answers set it");
    if (changes.clients && changes.rate)
        throw WrongUsage("--clients or --rate, not both: clients = rate x pause");
    if (changes.pause_s == 0.0 && !changes.closed && !changes.rate)
        throw WrongUsage(
            "without a pause, --rate or --closed must say how fast clients come");
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
            throw WrongUsage("there is no chapter '" + chapter + "', only 01 to 06");
    }
    return rungs_of(chapters);
}

/// An option that changes a number of the load, which has one of its own.
template <class Number>
void change(CommandLine& line, const char* name, std::optional<Number>& value, double low,
            double high, const char* help) {
    line.option(name, "N", help, [=, &value](const std::string& text) {
        value = static_cast<Number>(to_real(name, text, low, high));
    });
}

void declare_loads(CommandLine& line, Changes& changes) {
    line.heading("The load");
    line.choice("--load", changes.load, {"small", "large", "both"}, "which");
    change(line, "--clients", changes.clients, 1, 100'000, "at a time (400; 5000)");
    change(line, "--pause", changes.pause_s, 0, 3600,
           "seconds between head and body (1; 5)");
    change(line, "--rate", changes.rate, 0.1, 100'000,
           "clients a second, instead of --clients");
    change(line, "--body", changes.body_bytes, 1, 1'048'576, "bytes in a body (200)");
    change(line, "--seconds", changes.seconds, 0.1, 3600,
           "of measuring, once it is steady (3)");
    line.flag("--closed", changes.closed, "each client comes again when it was answered");
    line.flag("--quick", changes.quick, "a tenth of everything, in 15 seconds");
}

void declare_application(CommandLine& line, Application& application) {
    line.heading("Your application, and the machines that it runs on");
    line.real("--requests-per-second", application.requests_per_second, 1, 1e9,
              "at your peak");
    line.real("--waiting-ms", application.waiting_ms, 0, 1e7,
              "that a request waits, for anything");
    line.real("--cpu-ms", application.cpu_ms, 0, 1e6, "that your own code computes for it");
    line.real("--process-memory", application.process_mib, 0, 1e6,
              "MiB that it needs per process");
    line.real("--machine-memory", application.machine_memory_gib, 0.1, 1e5,
              "GiB of a machine");
    line.real("--machine-cores", application.machine_cores, 0.1, 1e4, "cores of a machine");
    line.real("--machine-price", application.machine_price, 0, 1e9,
              "a month, in your currency");
    line.real("--machine-threads", application.machine_threads, 1, 1e8,
              "threads it can have");
    line.real("--machine-connections", application.machine_connections, 1, 1e8,
              "connections it can have");
}

void declare_output(CommandLine& line, LadderOptions& options,
                    std::vector<std::string>& chapters) {
    line.list("--chapters", chapters, "01,02,... (default all)");
    line.file("--report", options.report, "where the HTML report goes");
    line.file("--json", options.json, "where the results go (beside the report)");
    line.file("--from", options.from, "results to show again instead of measuring");
}

}  // namespace

LadderOptions parse_options(int argc, const char* const* argv,
                            const std::filesystem::path& build) {
    CommandLine line{
        "ladder",
        "Measures all servers of the course side by side, under the same clients."};
    LadderOptions options;
    Changes changes;
    std::vector<std::string> chapters;
    declare_output(line, options, chapters);
    declare_loads(line, changes);
    declare_application(line, options.application);
    line.parse(argc, argv, [&] {
        options.rungs = rungs_named(chapters);
        options.loads = loads_of(changes);
    });
    if (options.report.empty()) options.report = build / "demo-report.html";
    if (options.json.empty())
        options.json = std::filesystem::path(options.report).replace_extension(".json");
    return options;
}

}  // namespace six::bench
