// The tables of what is no plain match: those who wait, the price of a coroutine, growth.
// Plain text, at most 80 columns wide. Pure. Read before: tables.hpp.
#pragma once

#include <string>
#include <vector>

#include "bench/speed/results.hpp"

namespace six::speed {

/// A heading, the table, and what must be said about its figures.
std::vector<std::string> table_of(const std::vector<Holding>& holdings);
std::vector<std::string> table_of_waits(const Match& match);
std::vector<std::string> table_of(const std::vector<Price>& prices);
std::vector<std::string> table_of(const std::vector<TimerCost>& timers);
/// One table for all: servers beside each other, connections below each other.
std::vector<std::string> table_of_growth(const std::vector<Match>& matches);

}  // namespace six::speed
