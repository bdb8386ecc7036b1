// Figures that the benchmark has recorded, for the lessons.
#pragma once

#include <string>

namespace six::docs {

/// A number from a JSON text, rounded for a reader. `path` leads to it, such as
/// `matches/what=post&connections=64/rows/key=06/to_base/median`: a part with `=` picks the
/// element of a list that has these fields. Behind ` | `, `.2` asks for that many decimals,
/// and `/1000` divides. Throws std::runtime_error if it leads nowhere.
std::string recorded(const std::string& json, const std::string& path);

}  // namespace six::docs
