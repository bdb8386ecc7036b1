// The results as plain text, at most 80 columns wide. Pure.
#pragma once

#include <string>
#include <vector>

#include "bench/speed/results.hpp"

namespace six::speed {

/// A heading, the table, and what must be said about its figures.
std::vector<std::string> table_of(const Match& match);
std::vector<std::string> table_of(const std::vector<Count>& counts);
std::vector<std::string> lines_of(const Meanwhile& meanwhile);

}  // namespace six::speed
