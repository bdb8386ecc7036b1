// `./course break [NN]`: does one fault after another to the servers and shows what breaks.
// One server: a sentence for each fault. Several: a table, faults down, servers across.
// Read first: lab.hpp. Then faults_output.hpp (what is printed).
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "bench/lab/faults_compare.hpp"
#include "bench/lab/faults_output.hpp"
#include "bench/lab/subject.hpp"
#include "common/testing/files.hpp"
#include "common/testing/temporary_directory.hpp"

namespace six::lab {

namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr int wrong_usage = 2;
constexpr const char* help_text =
    "usage: break [NN] [options] [-- SERVER OPTIONS]\n"
    "Does one fault after another to a server, or to all six, and shows what breaks.\n"
    "  NN                 01 to 06; without it: all\n"
    "  --chapters 01,06   some of them\n"
    "  --only FAULT,...   only these faults\n"
    "  --json FILE        keep what was seen\n"
    "  --compare FILE     fail if it is not what that keeps (the words, not the times)\n"
    "  --list             the faults, and what each does\n"
    "What follows after -- is for the server: break 02 -- --model pool --threads 8\n";

struct Arguments {
    Words chapters;
    Words faults;
    Words server_options;
    std::string json;
    std::string compare;
    bool list = false;
    bool help = false;
};

class WrongUsage : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

void add_parts(Words& words, const std::string& list) {
    std::size_t start = 0;
    for (std::size_t end = 0; end != std::string::npos; start = end + 1) {
        end = list.find(',', start);
        words.push_back(list.substr(start, end - start));
    }
}

/// "1" and "01" are the same chapter.
std::string chapter(const std::string& word) {
    const std::string number = word.size() == 1 ? "0" + word : word;
    if (number.size() == 2 && number >= "01" && number <= "06") return number;
    throw WrongUsage("there is no chapter " + word + ", only 01 to 06");
}

Arguments parse(const Words& words) {
    Arguments result;
    for (auto word = words.begin(); word != words.end(); ++word) {
        const auto value = [&] {
            if (std::next(word) == words.end()) throw WrongUsage(*word + " needs a value");
            return *++word;
        };
        if (*word == "--") {
            result.server_options.assign(std::next(word), words.end());
            break;
        }
        if (*word == "--chapters")
            add_parts(result.chapters, value());
        else if (*word == "--only")
            add_parts(result.faults, value());
        else if (*word == "--json")
            result.json = value();
        else if (*word == "--compare")
            result.compare = value();
        else if (*word == "--list")
            result.list = true;
        else if (*word == "--help" || *word == "-h")
            result.help = true;
        else if (word->starts_with("-"))
            throw WrongUsage("there is no option " + *word);
        else
            result.chapters.push_back(*word);
    }
    for (std::string& word : result.chapters) word = chapter(word);
    return result;
}

std::vector<Fault> chosen_faults(const Words& names) {
    std::vector<Fault> all = all_faults();
    if (names.empty()) return all;
    std::vector<Fault> chosen;
    for (const std::string& name : names) {
        const auto found = std::ranges::find(all, name, &Fault::name);
        if (found == all.end())
            throw WrongUsage("there is no fault " + name + ": see --list");
        chosen.push_back(*found);
    }
    return chosen;
}

fs::path folder_of_program(const char* name) {
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path(name).parent_path() : program.parent_path();
}

std::vector<Server> chosen_servers(const Arguments& arguments, const fs::path& folder) {
    std::vector<Server> chosen;
    for (const char* name : {"01_blocking", "02_threads", "03_callbacks", "04_event_loop",
                             "05_coroutines", "06_full_server"}) {
        const std::string number = std::string(name).substr(0, 2);
        const bool wanted = arguments.chapters.empty() ||
                            std::ranges::count(arguments.chapters, number) > 0;
        if (!wanted) continue;
        if (!fs::exists(folder / name))
            throw std::runtime_error((folder / name).string() + " is not built");
        chosen.push_back({number, folder / name, arguments.server_options});
    }
    return chosen;
}

/// From now on a signal ends the program, with the server and the files that it has. Those
/// of the system's calls that wait don't notice it, so a thread of its own does.
void clean_up_at_a_signal(const fs::path& directory) {
    sigset_t signals;
    sigemptyset(&signals);  // a macro, on some systems
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&signals, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::thread([signals, directory] {
        int signal = 0;
        ::sigwait(&signals, &signal);
        kill_running_server();
        std::error_code ignored;
        fs::remove_all(directory, ignored);
        ::_exit(128 + signal);
    }).detach();
}

void list_faults() {
    for (const Fault& fault : all_faults())
        std::printf("%-13s %s\n", fault.name.c_str(), fault.does.c_str());
}

Row break_all(const Fault& fault, const std::vector<Server>& servers, Printer& printer) {
    Row row{fault.name, fault.title, fault.does, {}};
    printer.begin(row);
    for (const Server& server : servers) {
        row.cells.push_back({server.number, run(fault, server)});
        printer.add(row.cells.back().verdict);
    }
    printer.end();
    return row;
}

/// True if there is nothing to complain about.
bool complain(const Words& lines) {
    for (const std::string& line : lines) std::fprintf(stderr, "break: %s\n", line.c_str());
    return lines.empty();
}

/// Better said before minutes than after: so is, too, that the file is of no use.
bool knows_all_recorded(const std::string& file) {
    Words faults;
    for (const Fault& fault : all_faults()) faults.push_back(fault.name);
    return complain(forgotten(faults, testing::read_file(file)));
}

int run_all(const Arguments& arguments, const std::string& command, const char* program) {
    const std::vector<Fault> faults = chosen_faults(arguments.faults);
    const auto servers = chosen_servers(arguments, folder_of_program(program));
    if (!arguments.compare.empty() && !knows_all_recorded(arguments.compare)) return 1;
    const testing::TemporaryDirectory directory;
    ::setenv("TMPDIR", directory.path().c_str(), 1);  // all that we make is in there
    clean_up_at_a_signal(directory.path());
    Printer printer(servers);
    std::vector<Row> rows;
    for (const Fault& fault : faults) rows.push_back(break_all(fault, servers, printer));
    printer.explain(rows);
    if (!arguments.json.empty()) write_json(arguments.json, command, rows);
    const bool same = arguments.compare.empty() ||
                      complain(differences(rows, testing::read_file(arguments.compare)));
    return same ? 0 : 1;
}

int main_function(int argc, char** argv) try {
    const Words words(argv + 1, argv + argc);
    const Arguments arguments = parse(words);
    if (arguments.help) return std::fputs(help_text, stdout) < 0;
    if (arguments.list) return list_faults(), 0;
    std::string command = "break";
    for (const std::string& word : words) command += " " + word;
    return run_all(arguments, command, argv[0]);
} catch (const WrongUsage& error) {
    std::fprintf(stderr, "break: %s\n", error.what());
    return wrong_usage;
} catch (const std::exception& error) {
    std::fprintf(stderr, "break: %s\n", error.what());
    return 1;
}

}  // namespace

}  // namespace six::lab

int main(int argc, char** argv) {
    return six::lab::main_function(argc, argv);
}
