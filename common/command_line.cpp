// The command line, see command_line.hpp. CLI11 splits the arguments; what a value must
// look like and what --help prints is decided here, so that it is the same with every
// version of it.
#include "common/command_line.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <utility>

namespace six {
namespace {

constexpr std::size_t terminal_width = 80;
constexpr std::size_t help_column = 22;

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

[[noreturn]] void refuse(const std::string& name, const std::string& value,
                         const std::string& expected) {
    throw WrongUsage(name + ": '" + value + "' is not " + expected);
}

/// 1500 ms: "1.5".
std::string in_words(double number) {
    std::ostringstream text;
    text << number;
    return text.str();
}

std::string join(const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : " or ") + word;
    return all;
}

std::string with_default(const std::string& help, const std::string& value) {
    return help + " (default " + value + ")";
}

}  // namespace

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

double to_real(const std::string& name, const std::string& text, double low, double high) {
    const bool plain = text.find_first_not_of("0123456789.") == std::string::npos;
    char* stopped = nullptr;
    const double value = std::strtod(text.c_str(), &stopped);
    if (plain && !text.empty() && *stopped == '\0' && value >= low && value <= high)
        return value;
    std::ostringstream expected;
    expected.precision(10);
    expected << "a number from " << low << " to " << high;
    refuse(name, text, expected.str());
}

std::chrono::milliseconds to_seconds(const std::string& name, const std::string& text,
                                     double low) {
    const double seconds = to_real(name, text, low, 1e6);
    return std::chrono::milliseconds{std::llround(seconds * 1000)};
}

struct CommandLine::Parser {
    Parser(const std::string& program, const std::string& summary)
        : app(summary, program), usage("Usage: " + program) {
        app.set_help_flag("--help");
        help += describe("--help", "print this, and exit");
    }
    std::string page() const {
        return usage + " [OPTIONS]\n" + app.get_description() + "\n\n" + help + footer;
    }

    CLI::App app;
    std::string usage;
    std::string help;
    std::string footer;
};

CommandLine::CommandLine(const std::string& program, const std::string& summary)
    : parser_(std::make_unique<Parser>(program, summary)) {}

CommandLine::~CommandLine() = default;

// --- Declaring ---

void CommandLine::option(const std::string& name, const std::string& type,
                         const std::string& help, const Take& take) {
    const auto checked = [name, take](const std::string& text) {
        if (text.starts_with("--")) refuse(name, text, "a value");  // one was forgotten
        take(text);
    };
    parser_->app.add_option_function<std::string>(name, checked);
    parser_->help += describe(name + " " + type, help);
}

void CommandLine::argument(const std::string& name, std::string& value) {
    parser_->app.add_option(name, value)->required();
    parser_->usage += ' ' + name;
}

void CommandLine::flag(const std::string& name, bool& value, const std::string& help) {
    parser_->app.add_flag(name, value);
    parser_->help += describe(name, help);
}

void CommandLine::choice(const std::string& name, std::string& value,
                         const std::vector<std::string>& choices, const std::string& help) {
    option(name, "NAME", with_default(help + ": " + join(choices), value),
           [name, &value, choices](const std::string& text) {
               if (std::ranges::find(choices, text) == choices.end())
                   refuse(name, text, join(choices));
               value = text;
           });
}

void CommandLine::text(const std::string& name, std::string& value, const std::string& type,
                       const std::string& help, const Complaint& complaint) {
    option(name, type, help, [name, &value, complaint](const std::string& text) {
        const std::string wrong = complaint ? complaint(text) : "";
        if (!wrong.empty()) throw WrongUsage(name + ": " + wrong);
        value = text;
    });
}

void CommandLine::file(const std::string& name, std::filesystem::path& value,
                       const std::string& help) {
    option(name, "FILE", help, [&value](const std::string& text) { value = text; });
}

void CommandLine::list(const std::string& name, std::vector<std::string>& values,
                       const std::string& help) {
    option(name, "LIST", help, [&values](const std::string& text) {
        std::istringstream parts(text);
        for (std::string part; std::getline(parts, part, ',');) values.push_back(part);
    });
}

void CommandLine::number(const std::string& name, int& value, int low, int high,
                         const std::string& help) {
    option(name, "N", with_default(help, std::to_string(value)),
           [name, &value, low, high](const std::string& text) {
               value = static_cast<int>(to_number(name, text, low, high));
           });
}

void CommandLine::real(const std::string& name, double& value, double low, double high,
                       const std::string& help) {
    option(name, "N", with_default(help, in_words(value)),
           [name, &value, low, high](const std::string& text) {
               value = to_real(name, text, low, high);
           });
}

void CommandLine::seconds(const std::string& name, std::chrono::milliseconds& value,
                          const std::string& help) {
    duration(name, value, help, 0);
}

void CommandLine::time_limit(const std::string& name, std::chrono::milliseconds& value,
                             const std::string& help) {
    duration(name, value, help, 0.001);
}

void CommandLine::duration(const std::string& name, std::chrono::milliseconds& value,
                           const std::string& help, double low) {
    const double now = static_cast<double>(value.count()) / 1000;
    option(name, "S", with_default("seconds " + help, in_words(now)),
           [name, &value, low](const std::string& text) {
               value = to_seconds(name, text, low);
           });
}

void CommandLine::heading(const std::string& text) {
    parser_->help += "\n" + text + ":\n";
}

void CommandLine::footer(const std::string& text) {
    parser_->footer = "\n" + text + "\n";
}

// --- Parsing ---

void CommandLine::parse(int argc, const char* const* argv, const Check& check) {
    CLI::App& app = parser_->app;
    std::string wrong;
    try {
        app.parse(argc, argv);
        if (check) check();
        return;
    } catch (const CLI::CallForHelp&) {
        std::fputs(parser_->page().c_str(), stdout);
        std::exit(0);
    } catch (const CLI::ParseError& error) {
        wrong = error.what();
    } catch (const WrongUsage& error) {
        wrong = error.what();
    }
    print_error(app.get_name(), wrong + " (see --help)");
    std::exit(2);
}

void print_error(const std::string& program, std::string text) {
    for (char& character : text)
        if (static_cast<unsigned char>(character) < ' ') character = ' ';
    std::fprintf(stderr, "%s: %s\n", program.c_str(), text.c_str());
}

}  // namespace six
