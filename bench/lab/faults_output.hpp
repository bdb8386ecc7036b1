// What the lab prints, and what it keeps in a file. Read first: lab.hpp.
#pragma once

#include <string>
#include <vector>

#include "bench/lab/lab.hpp"

namespace six::lab {

struct Cell {
    std::string server;  ///< "01"
    Verdict verdict;
};

/// A fault, and what it did to each server.
struct Row {
    std::string name;
    std::string title;
    std::string does;
    std::vector<Cell> cells;
};

/// Prints on stdout while the lab works: a table if there are several servers, sentences if
/// there is one. At most 80 columns; colours only on a terminal. One thread.
class Printer {
  public:
    explicit Printer(const std::vector<Server>& servers);
    void begin(const Row& row);
    void add(const Verdict& verdict);
    void end();
    /// What the words of a table mean.
    void explain(const std::vector<Row>& rows) const;

  private:
    void print_cell(const Verdict& verdict);
    std::string painted(const Verdict& verdict, const std::string& text) const;

    bool table_;
    bool colours_;
    std::size_t owed_ = 0;  // spaces before the next cell: none stand at a line's end
};

/// A text in lines of `width` at most, broken at spaces. Pure.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);
/// Pure.
std::string to_json(const std::string& command, const std::string& date,
                    const std::vector<Row>& rows);
/// Writes that, with today's date. Throws std::runtime_error.
void write_json(const std::string& file, const std::string& command,
                const std::vector<Row>& rows);

}  // namespace six::lab
