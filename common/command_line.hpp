// A program's command line: its options are declared, then read. Every program of the
// course has its own from here, so that they all speak alike. Read next: options.hpp (a
// server's).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace six {

/// What is wrong with a command line: one line for its user, who then gets exit status 2.
class WrongUsage : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Declares and reads options such as `--port 80`. Each `value` holds the default until
/// `parse` writes to it, and must outlive that.
class CommandLine {
  public:
    using Take = std::function<void(const std::string&)>;
    using Complaint = std::function<std::string(const std::string&)>;
    using Check = std::function<void()>;

    CommandLine(const std::string& program, const std::string& summary);
    ~CommandLine();

    /// An option whose value is given to `take`, which throws WrongUsage if it doesn't like
    /// it. `type`: what --help calls the value.
    void option(const std::string& name, const std::string& type, const std::string& help,
                const Take& take);
    /// A word that is no option, and must be there.
    void argument(const std::string& name, std::string& value);
    /// An option without a value.
    void flag(const std::string& name, bool& value, const std::string& help);
    /// An option that takes one of `choices`.
    void choice(const std::string& name, std::string& value,
                const std::vector<std::string>& choices, const std::string& help);
    /// An option that takes any text of which `complaint` has nothing to say: else that is
    /// printed, after the option's name, and not the text (it may hold a password).
    void text(const std::string& name, std::string& value, const std::string& type,
              const std::string& help, const Complaint& complaint = {});
    /// An option that takes the name of a file.
    void file(const std::string& name, std::filesystem::path& value,
              const std::string& help);
    /// An option that takes words with commas between them.
    void list(const std::string& name, std::vector<std::string>& values,
              const std::string& help);
    /// An option that takes a whole number between `low` and `high`, both allowed.
    void number(const std::string& name, int& value, int low, int high,
                const std::string& help);
    /// The same, with fractions.
    void real(const std::string& name, double& value, double low, double high,
              const std::string& help);
    /// An option that takes a duration in seconds (fractions allowed, 0 and up).
    void seconds(const std::string& name, std::chrono::milliseconds& value,
                 const std::string& help);
    /// The same for a limit, which is a millisecond at least: else it would be over before
    /// it begins.
    void time_limit(const std::string& name, std::chrono::milliseconds& value,
                    const std::string& help);

    /// In --help: above the options that are declared next, and below all of them.
    void heading(const std::string& text);
    void footer(const std::string& text);

    /// Reads the arguments; then `check` may throw WrongUsage, too. `--help` prints the
    /// options and exits with 0; a bad option prints one line on stderr and exits with 2.
    void parse(int argc, const char* const* argv, const Check& check = {});

  private:
    void duration(const std::string& name, std::chrono::milliseconds& value,
                  const std::string& help, double low);

    struct Parser;  // CLI11, which only the .cpp includes: it costs seconds to compile
    std::unique_ptr<Parser> parser_;
};

/// What `text`, the value of option `name`, says. Throws WrongUsage.
std::int64_t to_number(const std::string& name, const std::string& text, std::int64_t low,
                       std::int64_t high);
double to_real(const std::string& name, const std::string& text, double low, double high);
std::chrono::milliseconds to_seconds(const std::string& name, const std::string& text,
                                     double low);

/// Prints one line on stderr, whatever characters a user, or the system, has put into the
/// text.
void print_error(const std::string& program, std::string text);

}  // namespace six
