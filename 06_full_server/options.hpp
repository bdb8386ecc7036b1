// The options that only the full server has (docs: `06_full_server --help`).
#pragma once

#include <string>

#include "04_event_loop/poller.hpp"
#include "06_full_server/postgres/database.hpp"
#include "06_full_server/request.hpp"
#include "common/options.hpp"

namespace six::full {

struct FullOptions {
    /// Declares them; `line` writes to this object when it is parsed.
    void declare(ServerCommandLine& line);

    int listen_fd = 0;  // none
    std::string poller = poller_names().front();
    int loops = 1;
    Deadlines deadlines;
    int max_connections = 100'000;
    int max_per_address = 1'000'000;
    std::string log = "off";
    int max_memory = 256 * 1024 * 1024;
    int max_spool_mib = 4096;
    int queue = 10'000;
    int batch = 256;
    std::string commit_on = "writer";
    PostgresOptions postgres;  // no address: SQLite
};

}  // namespace six::full
