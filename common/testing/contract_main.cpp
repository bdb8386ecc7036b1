// The contract's command line:
//
//     contract_tests --server build/debug/bin/01_blocking [the server's further options …]
//     contract_tests --against 127.0.0.1:8080
//
// The first form starts the server anew for each test case; the second one uses a server
// that runs already, and skips what needs to start, stop or look into it. Options of the
// test framework (a test's name, a [tag], --list-tests) come before. Either of
// --one-request-per-connection and --keep-alive says what to expect; without them, the
// first answer shows it.
#define CATCH_CONFIG_RUNNER  // version 2 of Catch2: the framework's code, without its main
#include <charconv>
#include <iostream>
#include <span>

#include "common/testing/contract.hpp"

namespace {

using six::testing::Address;
using six::testing::Subject;

Address parse_address(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    Address address{text.substr(0, colon), 0};
    const char* const last = text.data() + text.size();
    const bool has_port = colon != std::string::npos;
    if (!has_port ||
        std::from_chars(text.data() + colon + 1, last, address.port).ptr != last ||
        address.port == 0)
        throw std::invalid_argument("--against wants HOST:PORT, not '" + text + "'");
    return address;
}

/// Takes our options out of the arguments, and returns those for the test framework.
std::vector<const char*> parse(std::span<const char* const> arguments, Subject& subject) {
    std::vector<const char*> rest;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string argument = arguments[i];
        const bool has_value = i + 1 < arguments.size();
        if (argument == "--one-request-per-connection")
            subject.keeps_alive = false;
        else if (argument == "--keep-alive")
            subject.keeps_alive = true;
        else if (argument == "--against" && has_value)
            subject.running = parse_address(arguments[++i]);
        else if (argument == "--server" && has_value)
            subject.program = arguments[++i];
        else if (!subject.program.empty())
            subject.options.push_back(argument);
        else
            rest.push_back(arguments[i]);
    }
    return rest;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const std::span arguments(argv, static_cast<std::size_t>(argc));
        const std::vector<const char*> rest = parse(arguments, six::testing::subject());
        return Catch::Session().run(static_cast<int>(rest.size()), rest.data());
    } catch (const std::invalid_argument& error) {
        std::cerr << "contract_tests: " << error.what() << '\n';
        return 2;
    }
}
