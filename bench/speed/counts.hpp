// What a request costs by count: instructions and locks (callgrind), and system calls
// (strace). On one machine these are the same in every run, whatever else it does: so these
// are the gates.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/speed/results.hpp"
#include "bench/speed/running_server.hpp"

namespace six::speed {

/// All that a report of callgrind has counted ("summary: N" or "totals: N").
std::optional<double> instructions_in(const std::string& callgrind_file);
/// How often a mutex was taken, or tried, in the same report.
std::optional<double> locks_in(const std::string& callgrind_file);
/// All calls in the table of `strace -c`.
std::optional<double> calls_in(const std::string& strace_table);

/// Counts for the limit and the servers of the course; the others are left out. Names in
/// `notes` what the machine hasn't got. Takes about ten seconds for each server. `tell` is
/// told what is being done; may throw.
std::vector<Count> count_all(const std::vector<Contestant>& contestants,
                             const Workshop& workshop, std::vector<std::string>& notes,
                             const std::function<void(const std::string&)>& tell);

/// The gates that are broken, a line each; one that has not been counted is broken, too.
std::vector<std::string> broken_gates(const std::vector<Count>& counts);

}  // namespace six::speed
