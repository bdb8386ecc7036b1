#include "common/options.hpp"

#include <cstdio>
#include <utility>

namespace six {
namespace {

constexpr std::int64_t longest_delay_ms = 3'600'000;
constexpr std::int64_t largest_body_bytes = 1'000'000'000;  // SQLite's own limit

}  // namespace

ServerCommandLine::ServerCommandLine(const std::string& program, const std::string& summary)
    : CommandLine(program, summary) {
    option("--port", "N", "0: any free one, it is printed (default 8080)",
           [this](const std::string& text) {
               options_.port =
                   static_cast<std::uint16_t>(to_number("--port", text, 0, 65535));
           });
    text("--address", options_.address, "IP", "where to listen (default 127.0.0.1)");
    text("--database", options_.store.file, "FILE",
         "the SQLite file (default items.db); :memory: keeps the items in memory only: not "
         "durable, and without a write-ahead log (WAL)");
    option("--save-delay", "MS",
           "a slow database: each save takes so many milliseconds longer (default 0)",
           [this](const std::string& text) {
               options_.store.save_delay = std::chrono::milliseconds{
                   to_number("--save-delay", text, 0, longest_delay_ms)};
           });
    option("--max-body", "BYTES", "a larger body is refused (default 1048576)",
           [this](const std::string& text) {
               options_.limits.body_bytes = static_cast<std::size_t>(
                   to_number("--max-body", text, 0, largest_body_bytes));
           });
    seconds("--drain-timeout", options_.drain_timeout,
            "that requests get to finish when the server stops");
    text("--trace", options_.trace_file, "FILE",
         "record who waits where, for https://ui.perfetto.dev");
}

ServerOptions ServerCommandLine::parse(int argc, const char* const* argv) {
    CommandLine::parse(argc, argv, [this] {
        for (const Requirement& requirement : requirements_) requirement(options_);
    });
    return options_;
}

void ServerCommandLine::require(Requirement requirement) {
    requirements_.push_back(std::move(requirement));
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
