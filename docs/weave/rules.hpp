// What a text has to be besides true: that no code stands in it unwatched, and that a
// lesson has a lesson's length.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace six::docs {

inline constexpr std::size_t fewest_words = 800;
inline constexpr std::size_t most_words = 1'800;

/// The words of a text: not those in code, in tables and in comments.
std::size_t words_in(const std::string& text);

/// True for the README.md of a chapter.
bool is_lesson(const std::filesystem::path& file);

/// What is wrong with a text, a line for each. Only a lesson's length is looked at.
std::vector<std::string> complaints(const std::string& text, bool is_lesson);

}  // namespace six::docs
