// What a coroutine costs, beside a call, a memory allocation and a thread. Programs of
// their own measure it (price/), one for each compiler. Read before: statistics.hpp.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "bench/speed/results.hpp"

namespace six::speed {

/// One line of such a program: what it has measured, and its nanoseconds.
struct PriceLine {
    std::string what;
    double ns = 0;
    bool operator==(const PriceLine&) const = default;
};
/// Reads what a program has written: "await a child<TAB>11.5", a line each; others are left
/// out.
std::vector<PriceLine> price_lines_in(const std::string& text);

/// Runs the programs that are in the folder, one after the other, in so many rounds, and
/// gives each thing its median. `each`: how long a thing is measured in a round. Names in
/// `notes` which compiler is missing. Throws std::runtime_error when a program fails.
/// Blocks; `tell` is told what is being done.
std::vector<Price> measure_prices(const std::filesystem::path& programs, int rounds,
                                  std::chrono::milliseconds each,
                                  std::vector<std::string>& notes,
                                  const std::function<void(const std::string&)>& tell);

}  // namespace six::speed
