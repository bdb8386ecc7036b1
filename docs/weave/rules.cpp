#include "docs/weave/rules.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "docs/weave/snippets.hpp"

namespace six::docs {

namespace {

using Lines = std::vector<std::string>;

/// Whether the line before a fence says where its code comes from, or why from nowhere.
bool explains(const std::string& line) {
    const bool not_compiled = line.starts_with("<!-- not compiled: ") &&
                              !line.starts_with("<!-- not compiled:  -->");
    return line.starts_with("<!-- snippet: ") || not_compiled;
}

std::string in_line(std::size_t index) {
    return "line " + std::to_string(index + 1) + ": ";
}

Lines wrong_fences(const Lines& lines) {
    Lines wrong;
    std::size_t opened = lines.size();  // the line of the fence that we are in
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!lines[i].starts_with("```")) continue;
        if (opened != lines.size() && lines[i] != "```")
            wrong.push_back(in_line(opened) + "the fence is open");
        const bool opens = opened == lines.size() || lines[i] != "```";
        if (lines[i] == "```cpp" && (i == 0 || !explains(lines[i - 1])))
            wrong.push_back(
                in_line(i) +
                "C++ that is not compiled: make it a snippet, or say why not in "
                "the line before: <!-- not compiled: … -->");
        opened = opens ? i : lines.size();
    }
    if (opened != lines.size()) wrong.push_back(in_line(opened) + "the fence is open");
    return wrong;
}

std::string without_comments(std::string text) {
    for (auto start = text.find("<!--"); start != std::string::npos;
         start = text.find("<!--", start)) {
        const auto end = text.find("-->", start);
        text.erase(start, end == std::string::npos ? end : end + 3 - start);
    }
    return text;
}

bool is_word(const std::string& word) {
    return std::any_of(word.begin(), word.end(), [](unsigned char character) {
        return std::isalnum(character) != 0;
    });
}

}  // namespace

std::size_t words_in(const std::string& text) {
    std::size_t words = 0;
    bool in_code = false;
    for (const std::string& line : lines_of(without_comments(text))) {
        const bool fence = line.starts_with("```");
        in_code = in_code != fence;
        if (in_code || fence || line.starts_with("|")) continue;
        std::istringstream rest(line);
        for (std::string word; rest >> word;) words += is_word(word);
    }
    return words;
}

bool is_lesson(const std::filesystem::path& file) {
    const std::string folder = absolute(file).parent_path().filename().string();
    return file.filename() == "README.md" && folder.size() > 3 && folder[0] == '0' &&
           folder[2] == '_';
}

Lines complaints(const std::string& text, bool is_lesson) {
    Lines wrong = wrong_fences(lines_of(text));
    const std::size_t words = words_in(text);
    if (is_lesson && (words < fewest_words || words > most_words))
        wrong.push_back("a lesson has " + std::to_string(fewest_words) + " to " +
                        std::to_string(most_words) + " words, and not " +
                        std::to_string(words));
    return wrong;
}

}  // namespace six::docs
