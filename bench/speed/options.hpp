// The command line of the benchmark (docs: `bench --help`).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/speed/contestants.hpp"

namespace six::speed {

struct Options {
    std::string what = "all";  ///< health, post, waiting, coroutine, growth or all
    int rounds = 7;
    double seconds = 0.5;
    std::vector<int> connections;  ///< empty: each part has its own
    std::vector<Contestant> contestants;
    std::filesystem::path json;
    std::filesystem::path report;
    bool counts = false;  ///< count instead of measuring time
    bool gates = false;   ///< and check the gates

    bool asks_for(const char* part) const { return what == "all" || what == part; }
};

/// Reads it. `--help` prints the options and exits with 0; a bad option prints one line on
/// stderr and exits with 2. Files go to the folder `build` if the options don't say.
Options parse_options(int argc, const char* const* argv,
                      const std::filesystem::path& build);

}  // namespace six::speed
