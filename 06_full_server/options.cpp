#include "06_full_server/options.hpp"

namespace six::full {

void FullOptions::declare(ServerCommandLine& line) {
    line.number("--listen-fd", listen_fd, 0, 1'000'000,
                "a listening socket that is open already, in place of --address and "
                "--port; 0: none");
    line.choice("--poller", poller, poller_names(), "how a loop asks the kernel");
    line.number("--loops", loops, 1, 64, "event loops, each with a thread of its own");
    line.number("--max-connections", max_connections, 1, 1'000'000,
                "at a time; the others wait until there is a place");
    line.number("--max-per-address", max_per_address, 1, 1'000'000,
                "of them, from one address; more are refused (503)");
    line.number("--max-memory", max_memory, 1, 2'000'000'000,
                "bytes of requests and items in memory, above 1 KiB of each connection, "
                "and as many with the database; more are refused (503)");
    line.number(
        "--max-spool", max_spool_mib, 1, 1'000'000'000,
        "mebibytes of large items in files on their way in, and as many on their way "
        "out; more are refused (503)");
    line.time_limit("--idle-timeout", deadlines.idle, "for the first byte of a request");
    line.time_limit("--head-timeout", deadlines.head, "for the rest of a request's head");
    line.time_limit("--body-timeout", deadlines.body, "for a request's body");
    line.number("--body-rate", deadlines.body_rate, 1, 1'000'000'000,
                "so many bytes of a body buy it a second more");
    line.time_limit("--handler-timeout", deadlines.handler, "for the database to answer");
    line.time_limit("--write-timeout", deadlines.write, "for a client to take its answer");
    line.choice("--log", log, {"off", "text", "json"},
                "a line for each request, on stdout");
    line.number("--queue", queue, 1, 1'000'000,
                "saves that may wait for the disk; more are refused (503)");
    line.choice("--commit-on", commit_on, {"writer", "loop"},
                "who waits for the disk: a thread, or the loop itself, to be measured");
    line.number("--batch", batch, 1, 10'000, "saves in one commit");
    line.text(
        "--store", postgres.address, "URL",
        "postgresql://USER@HOST/DATABASE, in place of --database; for bodies of 1 MiB "
        "at most",
        complaint_about);
    line.number("--store-connections", postgres.connections, 1, 1'000,
                "of each loop to PostgreSQL; one is for finds");
    line.time_limit("--store-timeout", postgres.patience,
                    "for PostgreSQL to answer; then 503");
    // Else a body that is larger would be read to its end, only to be refused then.
    line.require([this](const ServerOptions& options) {
        if (!postgres.address.empty() &&
            options.limits.body_bytes > PostgresOptions::largest_item)
            throw WrongUsage("--store takes bodies of 1 MiB at most, and --max-body is " +
                             std::to_string(options.limits.body_bytes));
    });
}

}  // namespace six::full
