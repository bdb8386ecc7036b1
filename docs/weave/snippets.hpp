// Pieces of the compiled code, for the lessons. Read next: weave.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace six::docs {

/// The lines of a file between `// #region NAME` and its `// #endregion`, without the margin that all
/// of them share, and without the markers of other regions. Throws std::runtime_error, with
/// the file's name, if there is no such file, or not exactly one such region, or it never
/// ends.
std::vector<std::string> region(const std::filesystem::path& file, const std::string& name);

/// The lines of a text.
std::vector<std::string> lines_of(const std::string& text);
/// The whole file. Throws std::runtime_error with its name.
std::string read_file(const std::filesystem::path& file);

}  // namespace six::docs
