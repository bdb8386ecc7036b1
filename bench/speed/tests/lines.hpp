// For tests of what is printed.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace six::speed {

/// Does one of the lines have this text?
inline bool contains(const std::vector<std::string>& lines, const std::string& text) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.find(text) != std::string::npos;
    });
}

}  // namespace six::speed
