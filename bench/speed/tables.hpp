// The results as plain text, at most 80 columns wide. Pure.
#pragma once

#include <string>
#include <vector>

#include "bench/speed/results.hpp"

namespace six::speed {

/// A heading, the table, and what must be said about its figures.
std::vector<std::string> table_of(const Match& match);
std::vector<std::string> table_of(const std::vector<Count>& counts);
std::vector<std::string> table_of(const std::vector<Meanwhile>& all);
/// What must be said about its figures: whether they are noisy, or not the server's.
std::vector<std::string> remarks_on(const Match& match);
/// The generator's share of its core; with a star if the remarks say something about it.
std::string load_of(const Row& row);

}  // namespace six::speed
