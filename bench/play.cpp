// `./course play NN`: a server of the course, and two clients on two keys of the terminal.
// The first press sends a client's head, the second its body: one sees who waits for whom.
// Read first: play_model.hpp. Then play_session.hpp (what happens), play_words.hpp and
// play_view.hpp (what is shown), play_live.hpp and play_script.hpp (who presses the keys).
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "bench/play_live.hpp"
#include "bench/play_script.hpp"
#include "bench/play_session.hpp"
#include "bench/play_signals.hpp"
#include "bench/play_terminal.hpp"
#include "common/command_line.hpp"

namespace six::play {

namespace {

struct Arguments {
    std::string chapter;
    Server server;
    std::string script;
    std::vector<std::string> server_options;
};

/// What stands after "--" is for the server.
std::vector<std::string> split_off_server_options(std::vector<const char*>& arguments) {
    const auto bar = std::find(arguments.begin(), arguments.end(), std::string_view("--"));
    if (bar == arguments.end()) return {};
    std::vector<std::string> options(bar + 1, arguments.end());
    arguments.erase(bar, arguments.end());
    return options;
}

/// Reads the command line, or leaves with what is wrong with it.
Arguments parse(int argc, char** argv) {
    Arguments result;
    std::vector<const char*> words(argv, argv + argc);
    result.server_options = split_off_server_options(words);

    CommandLine line{"play", "A server, and two clients on two keys: who waits for whom?"};
    line.argument("CHAPTER", result.chapter);
    line.text("--script", result.script, "PRESSES", "presses, without a terminal");
    line.footer(
        "The chapter is 01 to 06. What follows after -- are options of the server:\n"
        "  play 02 -- --model pool --threads 1\n"
        "A script has the words 1 and 2 (a press: sends the head, then the body), and\n"
        "1=answered, 1=waiting … (a question: it must be so):\n"
        "  play 01 --script '1 2 2 2=waiting 1 2=answered'");
    line.parse(static_cast<int>(words.size()), words.data(), [&] {
        try {
            if (!result.script.empty()) (void)parse_script(result.script);
            result.server = find_server(result.chapter);
        } catch (const std::exception& error) {
            throw WrongUsage(error.what());
        }
        if (result.script.empty() && !has_terminal())
            throw WrongUsage("this is no terminal: use --script");
    });
    return result;
}

std::filesystem::path folder_of_program(const char* name) {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::filesystem::path(name).parent_path() : program.parent_path();
}

int run(const Arguments& arguments, const char* program) {
    Session session{arguments.server, folder_of_program(program), arguments.server_options};
    if (arguments.script.empty()) {
        play_live(session);
        return 0;
    }
    return play_script(session, parse_script(arguments.script), std::cout) ? 0 : 1;
}

int main_function(int argc, char** argv) {
    const Arguments arguments = parse(argc, argv);
    try {
        note_end_signals();
        return run(arguments, argv[0]);
    } catch (const Interrupted& end) {  // whoever started us shall see what ended us
        std::signal(end.signal, SIG_DFL);
        return std::raise(end.signal);
    } catch (const std::exception& error) {
        print_error("play", error.what());
        return 1;
    }
}

}  // namespace

}  // namespace six::play

int main(int argc, char** argv) {
    return six::play::main_function(argc, argv);
}
