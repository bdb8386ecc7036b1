// The rungs of the ladder: which servers are measured, and how each is started.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace six::bench {

struct Rung {
    std::string chapter;  ///< "02"
    std::string name;     ///< "02 pool of 64"
    std::string program;  ///< the executable's name
    std::vector<std::string> options;
};

/// All of them, from the first chapter to the last.
std::vector<Rung> all_rungs();
/// Those of some chapters ("01", "05"), in the ladder's order.
std::vector<Rung> rungs_of(const std::vector<std::string>& chapters);

}  // namespace six::bench
