// The parts of the benchmark, one after the other, as `--what` asks for them. Read next:
// matches.hpp, waits.hpp, holding.hpp, prices.hpp, growth.hpp, counts.hpp: what each is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/speed/options.hpp"
#include "bench/speed/results.hpp"
#include "bench/speed/running_server.hpp"

namespace six::speed {

/// Where they say what they do. Both may throw, to end it.
struct Output {
    std::function<void(const std::string& line)> tell;  ///< what is being done
    std::function<void(const std::vector<std::string>& table)> print;
};

/// Measures what is asked for, prints each table as soon as it is there, and adds all to
/// `results`. Blocks for minutes.
void measure(Results& results, const Options& options, const Workshop& workshop,
             const Output& output);

/// Counts instructions and system calls instead.
void count(Results& results, const Options& options, const Workshop& workshop,
           const Output& output);

}  // namespace six::speed
