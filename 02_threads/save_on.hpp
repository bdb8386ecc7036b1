// The options by which chapters 03 to 05 say who waits for the database: everybody, or a
// pool.
#pragma once

#include <memory>
#include <string>

#include "02_threads/thread_pool.hpp"
#include "common/options.hpp"

namespace six {

/// `--save-on`, `--threads`, `--queue`.
struct SaveOn {
    std::string who = "pool";  ///< "pool", or "loop": the event loop's own thread
    int threads = 16;
    int queue = 10'000;

    /// Adds the three options to a command line. This must live until it is parsed.
    void declare(CommandLine& line);
    /// The pool that was asked for, or null for "loop".
    std::unique_ptr<ThreadPool> make_pool() const;
};

}  // namespace six
