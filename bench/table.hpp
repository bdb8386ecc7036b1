// Plain text in columns, and the two tables that the ladder prints. Pure.
#pragma once

#include <string>
#include <vector>

#include "bench/bill.hpp"
#include "bench/results.hpp"

namespace six::bench {

/// A table: the first column is flush left, the others flush right, each as wide as it must
/// be.
struct Table {
    std::vector<std::vector<std::string>>
        head;  ///< lines of the heading, a cell per column
    std::vector<std::vector<std::string>> rows;
};
/// One line each, with a rule below the heading; `gap` spaces between the columns. Widths
/// count bytes: use ASCII.
std::vector<std::string> lay_out(const Table& table, std::size_t gap = 2);
/// The same with two spaces if there is room for them in 80 columns, else with one.
std::vector<std::string> lay_out_in_80(const Table& table);

/// What was measured under one load, at most 80 columns wide.
std::vector<std::string> measured_table(const LoadResults& results);
/// Where a client's time goes (under the load that was traced), and what it takes in
/// servers and money (from the figures of the last load, which has the most clients).
std::vector<std::string> bill_table(const Results& results, const Application& application);
/// Words that the figures justify, under a load's table: what stands out, and why.
std::vector<std::string> remarks(const LoadResults& results);

}  // namespace six::bench
