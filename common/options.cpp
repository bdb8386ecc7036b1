// The command line, see options.hpp. CLI11 splits the arguments; what a value must look
// like and what --help prints is decided here, so that it is the same with every version of
// it.
#include "common/options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string_view>

namespace six {
namespace {

constexpr std::size_t terminal_width = 80;
constexpr std::size_t help_column = 22;
constexpr std::int64_t longest_delay_ms = 3'600'000;
constexpr std::int64_t largest_body_bytes = 1'000'000'000;  // SQLite's own limit

/// One option as --help shows it: the name on the left, the text in a column beside it.
std::string describe(const std::string& name, const std::string& text) {
    const std::string indent(help_column, ' ');
    std::string result;
    std::string line = "  " + name;
    line.resize(std::max(line.size() + 2, help_column), ' ');
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (line.size() + word.size() > terminal_width) {
            result += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
            line = indent;
        }
        line += word + ' ';
    }
    return result + line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

class Help : public CLI::FormatterBase {
  public:
    std::string make_help(const CLI::App* app, std::string,
                          CLI::AppFormatMode) const override {
        std::string help =
            "Usage: " + app->get_name() + " [OPTIONS]\n" + app->get_description() + "\n\n";
        for (const CLI::Option* option : app->get_options())
            help += describe(option->get_name() + " " + option->get_type_name(),
                             option->get_description());
        return help;
    }
};

[[noreturn]] void refuse(const std::string& name, const std::string& value,
                         const std::string& expected) {
    throw CLI::ValidationError(name, "'" + value + "' is not " + expected);
}

std::int64_t to_number(const std::string& name, const std::string& text, std::int64_t low,
                       std::int64_t high) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end || value < low || value > high)
        refuse(
            name, text,
            "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return value;
}

std::chrono::milliseconds to_seconds(const std::string& name, const std::string& text) {
    constexpr double longest_s = 1e6;
    const bool plain = text.find_first_not_of("0123456789.") == std::string::npos;
    char* stopped = nullptr;
    const double seconds = std::strtod(text.c_str(), &stopped);
    if (!plain || text.empty() || *stopped != '\0' || seconds > longest_s)
        refuse(name, text, "a number of seconds from 0 to 1000000");
    return std::chrono::milliseconds{std::llround(seconds * 1000)};
}

/// 1500 ms: "1.5".
std::string in_seconds(std::chrono::milliseconds time) {
    std::ostringstream text;
    text << static_cast<double>(time.count()) / 1000;
    return text.str();
}

std::string join(const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : " or ") + word;
    return all;
}

/// Prints one line, whatever characters a user, or the system, has put into the text.
void print_error(const std::string& program, std::string text) {
    for (char& character : text)
        if (static_cast<unsigned char>(character) < ' ') character = ' ';
    std::fprintf(stderr, "%s: %s\n", program.c_str(), text.c_str());
}

}  // namespace

struct CommandLine::Parser {
    using Take = std::function<void(const std::string&)>;  // gets an option's value

    Parser(const std::string& program, const std::string& summary) : app(summary, program) {
        app.formatter(std::make_shared<Help>());
        app.set_help_flag("--help", "print this, and exit");
        add("--port", "N", "0: any free one, it is printed (default 8080)",
            [this](const std::string& text) {
                options.port =
                    static_cast<std::uint16_t>(to_number("--port", text, 0, 65535));
            });
        add("--address", "IP", "where to listen (default 127.0.0.1)",
            [this](const std::string& text) { options.address = text; });
        add_store_options();
        add("--max-body", "BYTES", "a larger body is refused (default 1048576)",
            [this](const std::string& text) {
                options.limits.body_bytes = static_cast<std::size_t>(
                    to_number("--max-body", text, 0, largest_body_bytes));
            });
        add("--drain-timeout", "S",
            "seconds that requests get to finish when the server stops (default 5)",
            [this](const std::string& text) {
                options.drain_timeout = to_seconds("--drain-timeout", text);
            });
        add("--trace", "FILE", "record who waits where, for https://ui.perfetto.dev",
            [this](const std::string& text) { options.trace_file = text; });
    }

    void add_store_options() {
        add("--database", "FILE",
            "the SQLite file (default items.db); :memory: keeps the items in memory "
            "only: not durable",
            [this](const std::string& text) { options.store.file = text; });
        add("--save-delay", "MS",
            "a slow database: each save takes so many milliseconds longer (default 0)",
            [this](const std::string& text) {
                options.store.save_delay = std::chrono::milliseconds{
                    to_number("--save-delay", text, 0, longest_delay_ms)};
            });
    }

    void add(const std::string& name, const std::string& value, const std::string& help,
             const Take& take) {
        const auto checked = [name, take](const std::string& text) {
            if (text.starts_with("--")) refuse(name, text, "a value");  // one was forgotten
            take(text);
        };
        app.add_option_function<std::string>(name, checked, help)->type_name(value);
    }

    CLI::App app;
    ServerOptions options;
};

CommandLine::CommandLine(const std::string& program, const std::string& summary)
    : parser_(std::make_unique<Parser>(program, summary)) {}

CommandLine::~CommandLine() = default;

void CommandLine::choice(const std::string& name, std::string& value,
                         const std::vector<std::string>& choices, const std::string& help) {
    parser_->add(name, "NAME", help + ": " + join(choices) + " (default " + value + ")",
                 [name, &value, choices](const std::string& text) {
                     if (std::ranges::find(choices, text) == choices.end())
                         refuse(name, text, join(choices));
                     value = text;
                 });
}

void CommandLine::text(const std::string& name, std::string& value, const std::string& type,
                       const std::function<std::string(const std::string&)>& complaint,
                       const std::string& help) {
    parser_->add(name, type, help, [name, &value, complaint](const std::string& text) {
        const std::string wrong = complaint(text);
        if (!wrong.empty()) throw CLI::ValidationError(name, wrong);
        value = text;
    });
}

void CommandLine::number(const std::string& name, int& value, int low, int high,
                         const std::string& help) {
    parser_->add(name, "N", help + " (default " + std::to_string(value) + ")",
                 [name, &value, low, high](const std::string& text) {
                     value = static_cast<int>(to_number(name, text, low, high));
                 });
}

void CommandLine::seconds(const std::string& name, std::chrono::milliseconds& value,
                          const std::string& help) {
    parser_->add(
        name, "S", "seconds " + help + " (default " + in_seconds(value) + ")",
        [name, &value](const std::string& text) { value = to_seconds(name, text); });
}

ServerOptions CommandLine::parse(int argc, const char* const* argv) {
    CLI::App& app = parser_->app;
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::fputs(app.help().c_str(), stdout);
        std::exit(0);
    } catch (const CLI::ParseError& error) {
        print_error(app.get_name(), std::string(error.what()) + " (see --help)");
        std::exit(2);
    }
    return parser_->options;
}

int run_main(const char* program, const std::function<int()>& main_function) try {
    return main_function();
} catch (const std::exception& error) {
    print_error(program, error.what());
    return 1;
}

void announce(const std::string& address, std::uint16_t port) {
    const bool is_ipv6 = address.find(':') != std::string::npos;
    const std::string host = is_ipv6 ? "[" + address + "]" : address;
    std::printf("listening on %s:%u\n", host.c_str(), static_cast<unsigned>(port));
    std::fflush(stdout);
}

}  // namespace six
