#include "bench/rungs.hpp"

#include <algorithm>

namespace six::bench {

std::vector<Rung> all_rungs() {
    return {
        {"01", "01 blocking", "01_blocking", {}},
        {"02", "02 threads", "02_threads", {"--model", "thread-per-connection"}},
        {"02", "02 pool of 64", "02_threads", {"--model", "pool", "--threads", "64"}},
        {"03", "03 callbacks", "03_callbacks", {}},
        {"04", "04 event loop", "04_event_loop", {}},
        {"05", "05 coroutines", "05_coroutines", {}},
        {"05", "05 on Asio", "05_on_asio", {}},
        {"06", "06 full server", "06_full_server", {}},
    };
}

std::vector<Rung> rungs_of(const std::vector<std::string>& chapters) {
    std::vector<Rung> rungs = all_rungs();
    std::erase_if(rungs, [&](const Rung& rung) {
        return std::find(chapters.begin(), chapters.end(), rung.chapter) == chapters.end();
    });
    return rungs;
}

}  // namespace six::bench
