// The report: one HTML file with everything in it, to be opened without a network.
// The page itself is report.html, which the build puts into the program.
#pragma once

#include <string>

#include "bench/bill.hpp"
#include "bench/results.hpp"

namespace six::bench {

/// The page with these results in it. The application's numbers are where its sliders
/// start.
std::string report(const Results& results, const Application& application);

}  // namespace six::bench
