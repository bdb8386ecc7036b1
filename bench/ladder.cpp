// The ladder: measures all servers of the course side by side, under the same clients, and
// says what each way of waiting costs. `./course demo` runs it. Read first: load.hpp (who
// comes when), client.hpp (what one client does), measure.hpp (one server), results.hpp
// (what comes out).
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <system_error>

#include "01_blocking/socket.hpp"
#include "bench/ladder_options.hpp"
#include "bench/machine.hpp"
#include "bench/measure.hpp"
#include "bench/progress.hpp"
#include "bench/report.hpp"
#include "bench/table.hpp"

namespace six::bench {

namespace {

namespace fs = std::filesystem;

/// A folder that goes with all that is in it.
class Folder {
  public:
    explicit Folder(fs::path path) : path_(std::move(path)) {
        fs::create_directories(path_);
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

/// The folder of this program, and of the servers.
fs::path program_folder(const char* argv0) {
    std::error_code error;
    fs::path self = fs::read_symlink("/proc/self/exe", error);
    if (error) self = fs::absolute(argv0);
    return self.parent_path();
}

/// build/release/bin/ladder: build. Anything else: the folder above that of the program.
fs::path build_folder(const fs::path& programs) {
    for (fs::path folder = programs; folder.has_relative_path();
         folder = folder.parent_path())
        if (folder.filename() == "build") return folder;
    return programs.parent_path();
}

std::string command_line(int argc, char** argv) {
    std::string line = "ladder";
    for (int i = 1; i < argc; ++i) line += std::string(" ") + argv[i];
    return line;
}

void print(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) std::printf("%s\n", line.c_str());
}

std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Throws if a file could not be written there: better said before two minutes than after.
void check_writable(const fs::path& file) {
    const fs::path folder = fs::absolute(file).parent_path();
    if (::access(folder.c_str(), W_OK) != 0 || fs::is_directory(file))
        throw std::runtime_error("cannot write " + file.string());
}

void write(const char* what, const fs::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
    std::printf("%-8s %s\n", what, file.string().c_str());
}

}  // namespace

/// All servers under all loads, and each once more for the shares of waiting.
class Ladder {
  public:
    Ladder(const LadderOptions& options, const fs::path& programs, const StopSignal& stop)
        : options_(options),
          stop_(stop),
          data_(programs.parent_path() / ("demo-data-" + std::to_string(::getpid()))),
          workshop_{programs, data_.path()},
          progress_(look_at_screen(static_cast<int>(options.rungs.size()) + 4)) {}

    Results climb() {
        Results results;
        results.machine = describe_machine();
#ifndef NDEBUG
        results.notes.push_back(
            "built without optimisation: times on the CPU are too long");
#endif
        for (const Load& wanted : options_.loads) {
            Fitted fitted = fit(wanted, look_at_limits());
            if (fitted.note) results.notes.push_back(*fitted.note);
            results.loads.push_back({std::move(fitted.load), {}});
        }
        print(results.notes);
        for (LoadResults& load : results.loads) measure_all(load);
        trace_all(results.loads.front());
        return results;
    }

  private:
    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const Rung& rung : options_.rungs) names.push_back(rung.name);
        return names;
    }

    void measure_all(LoadResults& results) {
        progress_.begin("The " + results.load.name + " load", results.load, names());
        for (std::size_t i = 0; i < options_.rungs.size(); ++i) {
            const auto watch = [&](const Moment& moment) { progress_.show(i, moment); };
            progress_.show(i, {});
            results.servers.push_back(
                measure(options_.rungs[i], results.load, workshop_, stop_, watch));
            progress_.done(i, results.servers.back());
        }
    }

    void trace_all(LoadResults& results) {
        Load load = results.load;
        load.window = std::min(load.window, Seconds(0.5));
        load.patience = std::min(load.patience, Seconds(0.2));
        progress_.begin("Once more with --trace: who waits for what", load, names());
        for (std::size_t i = 0; i < options_.rungs.size(); ++i) {
            Result& result = results.servers[i];
            if (!result.failure.empty()) continue;
            const auto watch = [&](const Moment& moment) { progress_.show(i, moment); };
            result.shares =
                measure_shares(options_.rungs[i], load, workshop_, stop_, watch);
            if (!result.shares) progress_.say(i, "no trace");
        }
    }

    const LadderOptions& options_;
    const StopSignal& stop_;
    Folder data_;
    Workshop workshop_;
    Progress progress_;
};

namespace {

void print_tables(const Results& results, const Application& application) {
    for (const LoadResults& load : results.loads) {
        std::printf("\nThe %s load: what was measured\n%s\n\n", load.load.name.c_str(),
                    describe(load.load).c_str());
        print(measured_table(load));
        std::printf("\n");
        print(remarks(load));
    }
    std::printf(
        "\nWhere a client's time goes, and what that takes for your application\n\n");
    print(bill_table(results, application));
    std::printf("\n");
    print(formula(application));
    std::printf("\n");
}

/// One line on stderr that names those who could not be measured. True if there are any.
bool tell_failures(const Results& results) {
    std::set<std::string> names;
    for (const LoadResults& load : results.loads)
        for (const Result& server : load.servers)
            if (!server.failure.empty()) names.insert(server.name);
    if (names.empty()) return false;
    std::string line;
    for (const std::string& name : names) line += (line.empty() ? "" : ", ") + name;
    std::fprintf(stderr, "ladder: could not be measured: %s\n", line.c_str());
    return true;
}

int run(int argc, char** argv) {
    const fs::path programs = program_folder(argv[0]);
    const LadderOptions options = parse_options(argc, argv, build_folder(programs));
    check_writable(options.report);
    check_writable(options.json);
    prepare_process();
    const StopSignal stop;
    Results results;
    if (options.from.empty()) {
        results = Ladder(options, programs, stop).climb();
        results.command = command_line(argc, argv);
    } else {
        results = from_json(content(options.from));
    }
    print_tables(results, options.application);
    if (options.from.empty()) write("results", options.json, to_json(results));
    write("report", options.report, report(results, options.application));
    return options.from.empty() && tell_failures(results) ? 1 : 0;
}

}  // namespace

}  // namespace six::bench

int main(int argc, char** argv) {
    try {
        return six::bench::run(argc, argv);
    } catch (const six::bench::Interrupted&) {
        std::fprintf(stderr, "\nladder: interrupted; nothing is left running\n");
        return 130;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "ladder: %s\n", error.what());
        return 1;
    }
}
