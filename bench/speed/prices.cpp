#include "bench/speed/prices.hpp"

#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "common/testing/server_process.hpp"

namespace six::speed {

using namespace std::chrono_literals;

namespace {

/// A compiler's programs, in the order in which their lines are shown.
struct Compiler {
    const char* name;
    std::vector<std::string> programs;
};
const std::vector<Compiler>& compilers() {
    static const std::vector<Compiler> all{
#ifndef __clang__
        {"g++", {"price", "price_malloc", "price_asio"}},
        {"clang++", {"price_clang", "price_clang_malloc", "price_clang_asio"}},
#else
        {"clang++", {"price", "price_malloc", "price_asio"}},
#endif
    };
    return all;
}

std::string output_of(const std::string& program, std::chrono::milliseconds each) {
    testing::ServerProcess process({program, {std::to_string(each.count())}});
    if (process.wait_for_exit(testing::Deadline(120s)) != testing::Exit{})
        throw std::runtime_error(program + " has failed: " + process.stderr_text());
    return process.stdout_text();
}

/// All values of each thing, in the order in which things came first.
struct Values {
    std::vector<std::pair<std::string, std::vector<double>>> all;
    void add(const PriceLine& line) {
        for (auto& [what, values] : all)
            if (what == line.what) return values.push_back(line.ns);
        all.push_back({line.what, {line.ns}});
    }
};

}  // namespace

std::vector<PriceLine> price_lines_in(const std::string& text) {
    std::vector<PriceLine> prices;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t tab = line.find('\t');
        if (tab == line.npos) continue;
        prices.push_back({line.substr(0, tab), std::strtod(line.c_str() + tab, nullptr)});
    }
    return prices;
}

std::vector<Price> measure_prices(const std::filesystem::path& programs, int rounds,
                                  std::chrono::milliseconds each,
                                  std::vector<std::string>& notes,
                                  const std::function<void(const std::string&)>& tell) {
    std::vector<Values> values(compilers().size());
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < compilers().size(); ++i) {
            tell("the price of a coroutine: round " + std::to_string(round + 1) + " of " +
                 std::to_string(rounds));
            for (const std::string& program : compilers()[i].programs) {
                const std::string path = (programs / program).string();
                if (::access(path.c_str(), X_OK) != 0) continue;
                for (const PriceLine& line : price_lines_in(output_of(path, each)))
                    values[i].add(line);
            }
        }
    }
    std::vector<Price> prices;
    for (std::size_t i = 0; i < compilers().size(); ++i) {
        if (values[i].all.empty())
            notes.push_back(std::string("no prices by ") + compilers()[i].name +
                            ": the build has found none, or is one for debugging");
        for (const auto& [what, ns] : values[i].all)
            prices.push_back({what, compilers()[i].name, quartiles_of(ns)});
    }
    return prices;
}

}  // namespace six::speed
