// The command line that all six servers share (docs: `01_blocking --help`).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/http/message.hpp"
#include "common/items/item_store.hpp"

namespace six {

/// The options every server has.
struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0: any free one; the line on stdout says which
    ItemStore::Options store;   ///< --database, --save-delay
    http::Limits limits;        ///< --max-body
    std::string trace_file;     ///< --trace; empty: off
    std::chrono::milliseconds drain_timeout{5000};  ///< --drain-timeout, given in seconds
};

/// Declares and reads a server's options: `CommandLine line{"02_threads", "…"};`, then the
/// chapter's own options, then `parse`.
class CommandLine {
  public:
    CommandLine(const std::string& program, const std::string& summary);
    ~CommandLine();

    /// An option that takes one of `choices`; `value` holds the default and must outlive
    /// `parse`.
    void choice(const std::string& name, std::string& value,
                const std::vector<std::string>& choices, const std::string& help);
    /// An option that takes any text of which `complaint` has nothing to say: else that is
    /// printed, after the option's name, and not the text (it may hold a password).
    void text(const std::string& name, std::string& value, const std::string& type,
              const std::function<std::string(const std::string&)>& complaint,
              const std::string& help);
    /// An option that takes a whole number between `low` and `high`, both allowed.
    void number(const std::string& name, int& value, int low, int high,
                const std::string& help);
    /// An option that takes a duration in seconds (fractions allowed, 0 and up).
    void seconds(const std::string& name, std::chrono::milliseconds& value,
                 const std::string& help);

    /// Reads the arguments. `--help` prints the options and exits with 0; a bad option
    /// prints one line on stderr and exits with 2.
    ServerOptions parse(int argc, const char* const* argv);

  private:
    struct Parser;  // CLI11, which only options.cpp includes: it costs seconds to compile
    std::unique_ptr<Parser> parser_;
};

/// Runs a server's main function: an exception that escapes it (a taken port, an unwritable
/// database) becomes one line on stderr and exit status 1.
int run_main(const char* program, const std::function<int()>& main_function);

/// Prints the line `listening on ADDRESS:PORT` on stdout, and flushes: the server is ready.
void announce(const std::string& address, std::uint16_t port);

}  // namespace six
