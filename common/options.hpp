// The command line that all six servers share (docs: `01_blocking --help`).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/command_line.hpp"
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

/// Reads a server's options: `ServerCommandLine line{"02_threads", "…"};`, then the
/// chapter's own options, then `parse`.
class ServerCommandLine : public CommandLine {
  public:
    ServerCommandLine(const std::string& program, const std::string& summary);
    ServerCommandLine(const ServerCommandLine&) = delete;  // its options point into it
    ServerCommandLine& operator=(const ServerCommandLine&) = delete;
    /// For options that don't go together: is called with all of them once they are read,
    /// and throws WrongUsage.
    using Requirement = std::function<void(const ServerOptions&)>;
    void require(Requirement requirement);
    ServerOptions parse(int argc, const char* const* argv);

  private:
    ServerOptions options_;
    std::vector<Requirement> requirements_;
};

/// Runs a server's main function: an exception that escapes it (a taken port, an unwritable
/// database) becomes one line on stderr and exit status 1.
int run_main(const char* program, const std::function<int()>& main_function);

/// Prints the line `listening on ADDRESS:PORT` on stdout, and flushes: the server is ready.
void announce(const std::string& address, std::uint16_t port);

}  // namespace six
