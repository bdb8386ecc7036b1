// Whether the servers still do what was recorded. Read first: faults_output.hpp.
#pragma once

#include <string>
#include <vector>

#include "bench/lab/faults_output.hpp"

namespace six::lab {

/// A line for each cell whose word, or whether it is good, is another one than `recorded`
/// says (what `to_json` has written), or that was not recorded. Sentences and their times
/// may differ. Throws std::runtime_error if it is no such text. Pure.
std::vector<std::string> differences(const std::vector<Row>& rows,
                                     const std::string& recorded);

/// A line for each fault that was recorded and is not among these any more. Pure, and
/// throws as `differences`.
std::vector<std::string> forgotten(const std::vector<std::string>& faults,
                                   const std::string& recorded);

}  // namespace six::lab
