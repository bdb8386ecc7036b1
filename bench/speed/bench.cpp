// The benchmark: how fast are the servers, beside each other and beside others? `./course
// bench` runs it. Read first: generator.hpp (the load), rounds.hpp (what is compared),
// contestants.hpp (who), parts.hpp (what is measured).
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <system_error>

#include "01_blocking/socket.hpp"
#include "bench/machine.hpp"
#include "bench/speed/counts.hpp"
#include "bench/speed/options.hpp"
#include "bench/speed/parts.hpp"

namespace six::speed {

namespace {

namespace fs = std::filesystem;

volatile std::sig_atomic_t interrupted = 0;

class Interrupted {};

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

/// On a terminal a line that says what is being done; also where an interruption is
/// noticed.
void tell(const std::string& what) {
    if (interrupted != 0) throw Interrupted();
    if (::isatty(STDERR_FILENO) == 1) std::fprintf(stderr, "\r\x1b[K%s", what.c_str());
}

void print(const std::vector<std::string>& lines) {
    tell("");
    for (const std::string& line : lines) std::printf("%s\n", line.c_str());
    std::printf("\n");
    std::fflush(stdout);
}

/// Throws if a file could not be written there: better said before minutes than after.
void check_writable(const fs::path& file) {
    const fs::path folder = fs::absolute(file).parent_path();
    if (::access(folder.c_str(), W_OK) != 0 || fs::is_directory(file))
        throw std::runtime_error("cannot write " + file.string());
}

void write(const fs::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
}

std::string command_line(int argc, char** argv) {
    std::string line = "bench";
    for (int i = 1; i < argc; ++i) line += std::string(" ") + argv[i];
    return line;
}

/// As many as this process may have open, but for a few that it needs itself.
int sockets_for_load() {
    constexpr std::size_t most = 1'000'000;
    return static_cast<int>(std::min(most, bench::look_at_limits().sockets)) - 100;
}

/// What would spoil the figures.
std::vector<std::string> notes_on(const Cores& cores) {
    std::vector<std::string> notes;
#ifndef NDEBUG
    notes.push_back("built without optimisation: all of ours are too slow");
#endif
    if (!cores.apart())
        notes.push_back("one core: the servers share it with the load generator");
    return notes;
}

int run(int argc, char** argv) {
    const fs::path programs = fs::read_symlink("/proc/self/exe").parent_path();
    const fs::path build = programs.parent_path().parent_path();
    const Options options = parse_options(argc, argv, build);
    Results results;
    check_writable(options.json);
    check_writable(options.report);
    std::signal(SIGINT, [](int) { interrupted = 1; });
    prepare_process();
    const Folder work{programs.parent_path() /
                      ("bench-data-" + std::to_string(::getpid()))};
    const Workshop workshop{programs,       SIX_PEERS_FOLDER,
                            work.path(),    programs.parent_path() / "go-cache",
                            choose_cores(), sockets_for_load()};
    if (workshop.cores.apart()) stay_on(workshop.cores.generator);
    results.command = command_line(argc, argv);
    results.machine = bench::describe_machine();
    results.seconds = options.seconds;
    results.notes = notes_on(workshop.cores);
    const Output output{tell, print};
    if (!options.counts) measure(results, options, workshop, output);
    if (options.counts || options.what == "all") count(results, options, workshop, output);
    for (const std::string& note : results.notes) std::printf("%s\n", note.c_str());
    write(options.json, to_json(results));
    write(options.report, page(results));
    std::printf("results  %s\nreport   %s\n", options.json.c_str(), options.report.c_str());
    const auto broken =
        options.gates ? broken_gates(results.counts) : std::vector<std::string>{};
    for (const std::string& line : broken)
        std::fprintf(stderr, "bench: %s\n", line.c_str());
    return broken.empty() ? 0 : 1;
}

}  // namespace

}  // namespace six::speed

int main(int argc, char** argv) {
    try {
        return six::speed::run(argc, argv);
    } catch (const six::speed::Interrupted&) {
        std::fprintf(stderr, "\nbench: interrupted; nothing is left running\n");
        return 130;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench: %s\n", error.what());
        return 1;
    }
}
