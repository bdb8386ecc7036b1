// Whole files, for tests and tools.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace six::testing {

/// All that is in the file. Empty if it can't be read. Blocks.
inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace six::testing
