// The ladder's command line: `./course demo --help` prints it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/bill.hpp"
#include "bench/load.hpp"
#include "bench/rungs.hpp"

namespace six::bench {

struct LadderOptions {
    std::vector<Load> loads;
    std::vector<Rung> rungs;
    Application application;
    std::filesystem::path report;
    std::filesystem::path json;
    std::filesystem::path
        from;  ///< results to print again instead of measuring; empty: measure
};

/// Reads the arguments. `build` is where the report goes if nothing else is said. `--help`
/// prints the options and exits with 0; a bad option prints one line on stderr and exits
/// with 2.
LadderOptions parse_options(int argc, const char* const* argv,
                            const std::filesystem::path& build);

}  // namespace six::bench
