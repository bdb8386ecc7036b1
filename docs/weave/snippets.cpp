#include "docs/weave/snippets.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace six::docs {

namespace {

std::string trimmed(const std::string& line) {
    const auto start = line.find_first_not_of(' ');
    return start == std::string::npos ? std::string() : line.substr(start);
}

bool opens(const std::string& line) {
    return trimmed(line).starts_with("// #region ");
}
bool closes(const std::string& line) {
    return trimmed(line) == "// #endregion";
}

void remove_margin(std::vector<std::string>& lines) {
    std::size_t margin = std::string::npos;
    for (const std::string& line : lines)
        if (!line.empty()) margin = std::min(margin, line.find_first_not_of(' '));
    for (std::string& line : lines)
        if (!line.empty()) line.erase(0, margin);
}

/// From the line behind the region's start on, to the end that belongs to it.
std::vector<std::string> body_of(const std::vector<std::string>& lines, std::size_t start) {
    std::vector<std::string> body;
    int depth = 1;
    for (std::size_t i = start; i < lines.size(); ++i) {
        depth += opens(lines[i]) - closes(lines[i]);
        if (depth == 0) return body;
        if (!opens(lines[i]) && !closes(lines[i])) body.push_back(lines[i]);
    }
    throw std::runtime_error("it never ends");
}

}  // namespace

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::vector<std::string> region(const std::filesystem::path& file,
                                const std::string& name) {
    const std::vector<std::string> lines = lines_of(read_file(file));
    const auto is_start = [&](const std::string& line) {
        return trimmed(line) == "// #region " + name;
    };
    const std::string where = file.string() + "#" + name + ": ";
    if (const auto starts = std::count_if(lines.begin(), lines.end(), is_start);
        starts != 1)
        throw std::runtime_error(where + std::to_string(starts) + " regions of that name");
    const auto start = std::find_if(lines.begin(), lines.end(), is_start) - lines.begin();
    try {
        std::vector<std::string> body = body_of(lines, static_cast<std::size_t>(start) + 1);
        if (body.empty()) throw std::runtime_error("it is empty");
        remove_margin(body);
        return body;
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(where + error.what());
    }
}

}  // namespace six::docs
