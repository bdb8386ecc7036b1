// `./course play NN`: a server of the course, and two clients on two keys of the terminal.
// The first press sends a client's head, the second its body: one sees who waits for whom.
// Read first: play_model.hpp. Then play_session.hpp (what happens), play_words.hpp and
// play_view.hpp (what is shown), play_live.hpp and play_script.hpp (who presses the keys).
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "bench/play_live.hpp"
#include "bench/play_script.hpp"
#include "bench/play_session.hpp"
#include "bench/play_signals.hpp"
#include "bench/play_terminal.hpp"

namespace six::play {

namespace {

constexpr int wrong_usage = 2;

struct Arguments {
    std::string chapter;
    std::string script;
    std::vector<std::string> server_options;
};

/// What stands after "--" is for the server.
std::vector<std::string> split_off_server_options(std::vector<std::string>& arguments) {
    const auto bar = std::find(arguments.begin(), arguments.end(), "--");
    if (bar == arguments.end()) return {};
    std::vector<std::string> options(bar + 1, arguments.end());
    arguments.erase(bar, arguments.end());
    return options;
}

/// Reads the command line; prints the help and leaves, if that is what was asked for.
/// Throws CLI::ParseError.
Arguments parse(int argc, char** argv) {
    Arguments result;
    std::vector<std::string> words(argv + 1, argv + argc);
    result.server_options = split_off_server_options(words);
    std::reverse(words.begin(), words.end());  // as CLI11 takes a vector

    CLI::App app{"A server, and two clients on two keys: who waits for whom?"};
    app.name("play");
    app.footer(
        "What follows after -- are options of the server:\n"
        "  play 02 -- --model pool --threads 1\n"
        "A script has the words 1 and 2 (a press: sends the head, then the body), and\n"
        "1=answered, 1=waiting … (a question: it must be so):\n"
        "  play 01 --script '1 2 2 2=waiting 1 2=answered'");
    app.add_option("chapter", result.chapter, "01 to 06")->required();
    auto* script = app.add_option("--script", result.script, "presses, without a terminal");
    try {
        app.parse(words);
    } catch (const CLI::CallForHelp&) {
        std::cout << app.help();
        std::exit(0);
    }
    if (script->count() > 0) parse_script(result.script);
    return result;
}

std::filesystem::path folder_of_program(const char* name) {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::filesystem::path(name).parent_path() : program.parent_path();
}

int fail(const std::exception& error, int status) {
    std::cerr << "play: " << error.what() << '\n';
    return status;
}

int run(const Arguments& arguments, const Server& server, const char* program) {
    Session session{server, folder_of_program(program), arguments.server_options};
    if (arguments.script.empty()) {
        play_live(session);
        return 0;
    }
    return play_script(session, parse_script(arguments.script), std::cout) ? 0 : 1;
}

int main_function(int argc, char** argv) {
    Arguments arguments;
    Server server;
    try {
        arguments = parse(argc, argv);
        server = find_server(arguments.chapter);
        if (arguments.script.empty() && !has_terminal())
            throw std::invalid_argument("this is no terminal: use --script, see --help");
    } catch (const std::exception& error) {
        return fail(error, wrong_usage);
    }
    try {
        note_end_signals();
        return run(arguments, server, argv[0]);
    } catch (const Interrupted& end) {  // whoever started us shall see what ended us
        std::signal(end.signal, SIG_DFL);
        return std::raise(end.signal);
    } catch (const std::exception& error) {
        return fail(error, 1);
    }
}

}  // namespace

}  // namespace six::play

int main(int argc, char** argv) {
    return six::play::main_function(argc, argv);
}
