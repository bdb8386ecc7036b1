#include "02_threads/save_on.hpp"

namespace six {

void SaveOn::declare(CommandLine& line) {
    line.choice("--save-on", who, {"pool", "loop"}, "whose thread waits for the database");
    line.number("--threads", threads, 1, 10'000, "threads in the pool");
    line.number("--queue", queue, 1, 1'000'000,
                "saves that may wait for a thread; more are refused (503)");
}

std::unique_ptr<ThreadPool> SaveOn::make_pool() const {
    if (who == "loop") return nullptr;
    return std::make_unique<ThreadPool>(static_cast<std::size_t>(threads),
                                        static_cast<std::size_t>(queue));
}

}  // namespace six
