#include "bench/lab/faults_output.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <set>

namespace six::lab {

namespace {

constexpr std::size_t title_width = 18;
constexpr std::size_t cell_width = 9;
constexpr std::size_t text_width = 68;  // of a sentence, behind the word

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

void print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);  // so that one sees how far it is
}

}  // namespace

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines;
    std::size_t start = 0;
    while (text.size() - start > width) {
        std::size_t end = text.rfind(' ', start + width);
        if (end == std::string::npos || end <= start) end = start + width;
        lines.push_back(text.substr(start, end - start));
        start = text.find_first_not_of(' ', end);
        if (start == std::string::npos) return lines;
    }
    lines.push_back(text.substr(start));
    return lines;
}

// --- Printer ---

Printer::Printer(const std::vector<Server>& servers)
    : table_(servers.size() > 1),
      colours_(::isatty(STDOUT_FILENO) == 1 && !std::getenv("NO_COLOR")) {
    const std::string& program = servers.front().program;
    if (!table_) print(program.substr(program.rfind('/') + 1) + "\n");
    if (!table_) return;
    owed_ = title_width;
    for (const Server& server : servers) print_cell({server.number, true, false, ""});
    end();
}

void Printer::begin(const Row& row) {
    owed_ = title_width - row.title.size();
    if (table_) return print(row.title);
    print("\n" + row.title + ": " + row.does + "\n");
}

std::string Printer::painted(const Verdict& verdict, const std::string& text) const {
    if (!colours_) return text;
    const char* const colour = verdict.says.empty() ? "1"
                               : verdict.skipped    ? "2"
                               : verdict.good       ? "32"
                                                    : "1;31";
    return std::string("\x1b[") + colour + "m" + text + "\x1b[0m";
}

void Printer::print_cell(const Verdict& verdict) {
    print(std::string(owed_, ' ') + painted(verdict, verdict.word));
    owed_ = cell_width - std::min<std::size_t>(cell_width - 1, verdict.word.size());
}

void Printer::add(const Verdict& verdict) {
    if (table_) return print_cell(verdict);
    std::string text = "  " + painted(verdict, padded(verdict.word, cell_width)) + " ";
    for (const std::string& line : wrapped(verdict.says, text_width)) {
        print(text + line + "\n");
        text.assign(cell_width + 3, ' ');
    }
}

void Printer::end() {
    if (table_) print("\n");
}

void Printer::explain(const std::vector<Row>& rows) const {
    if (!table_) return;
    std::set<std::string> told;
    print("\n");
    for (const Row& row : rows)
        for (const auto& [server, verdict] : row.cells)
            if (told.insert(verdict.word).second && !meaning(verdict.word).empty())
                print("  " + painted(verdict, padded(verdict.word, cell_width)) + " " +
                      meaning(verdict.word) + "\n");
    print("\nOne chapter, with sentences: ./course break 03\n");
}

// --- JSON ---

namespace {

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') result += '\\';
        result += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
    }
    return result + "\"";
}

std::string cell_json(const Cell& cell) {
    return "{\"server\": " + quoted(cell.server) +
           ", \"word\": " + quoted(cell.verdict.word) +
           ", \"good\": " + (cell.verdict.good ? "true" : "false") +
           ", \"says\": " + quoted(cell.verdict.says) + "}";
}

std::string row_json(const Row& row) {
    std::string cells;
    for (const Cell& cell : row.cells)
        cells += (cells.empty() ? "\n    " : ",\n    ") + cell_json(cell);
    return "  {\"name\": " + quoted(row.name) + ", \"title\": " + quoted(row.title) +
           ", \"does\": " + quoted(row.does) + ", \"cells\": [" + cells + "\n  ]}";
}

}  // namespace

std::string to_json(const std::string& command, const std::string& date,
                    const std::vector<Row>& rows) {
    std::string text;
    for (const Row& row : rows) text += (text.empty() ? "\n" : ",\n") + row_json(row);
    return "{\n \"command\": " + quoted(command) + ",\n \"date\": " + quoted(date) +
           ",\n \"faults\": [" + text + "\n ]\n}\n";
}

void write_json(const std::string& file, const std::string& command,
                const std::vector<Row>& rows) {
    std::array<char, 16> date{};
    const std::time_t now = std::time(nullptr);
    std::strftime(date.data(), date.size(), "%Y-%m-%d", std::gmtime(&now));
    std::ofstream out(file);
    out << to_json(command, date.data(), rows) << std::flush;
    if (!out) throw std::runtime_error("cannot write " + file);
}

}  // namespace six::lab
