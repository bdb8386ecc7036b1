// Figures for the lessons, out of a recorded run of the ladder.
#pragma once

#include <string>
#include <vector>

#include "bench/results.hpp"

namespace six::docs {

/// One figure, as it stands in a sentence. `path` is LOAD/SERVER/KEY ("large/05
/// coroutines/threads") or LOAD/KEY for those of the load itself ("large/clients",
/// "large/pause_s"). Throws std::runtime_error, with the path, if there is none.
std::string figure(const bench::Results& results, const std::string& path);

/// A Markdown table of some servers under one load; of all servers if none is named.
std::vector<std::string> table(const bench::Results& results, const std::string& load,
                               const std::vector<std::string>& servers);
/// A Markdown table of where a request's time goes in some servers.
std::vector<std::string> shares(const bench::Results& results, const std::string& load,
                                const std::vector<std::string>& servers);
/// How many machines each server of a load would need: a Markdown table, for applications
/// that differ from `bench::Application` only in how long their requests wait.
std::vector<std::string> bill(const bench::Results& results, const std::string& load,
                              const std::vector<std::string>& waiting_ms);
/// A Markdown table of what the fault lab saw: faults down, servers across, what is wrong
/// in bold. `recording` is the text that `break --json` has written. Throws
/// std::runtime_error if it is something else.
std::vector<std::string> faults(const std::string& recording);
/// One line: the machine, the date, the compiler.
std::string machine(const bench::Results& results);

}  // namespace six::docs
