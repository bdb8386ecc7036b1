// The gates: what may never get worse. The table below is all there is to change.
#include <fmt/format.h>

#include <array>

#include "bench/speed/counts.hpp"

namespace six::speed {

namespace {

using Figure = std::optional<double> Count::*;

/// At most `most`, of itself or as a ratio: to a figure of another server, or to another
/// one of its own.
struct Gate {
    const char* key;
    Figure figure;
    const char* words;
    double most;
    const char* other = nullptr;
    Figure base = nullptr;
};

constexpr Figure one_request = &Count::instructions;
constexpr std::array<Gate, 9> gates{{
    {"06", one_request, "instructions per request", 2000},
    {"06", one_request, "instructions per request", 0.7, "on_asio", one_request},
    {"05", one_request, "instructions per request", 1.4, "04", one_request},
    {"04", &Count::at_1024, "instructions at 1,024 connections", 1.1, "04", one_request},
    {"05", &Count::at_1024, "instructions at 1,024 connections", 1.1, "05", one_request},
    {"06", &Count::at_1024, "instructions at 1,024 connections", 1.1, "06", one_request},
    {"06", &Count::calls_at_64, "system calls at 64 connections", 2.05},
    {"06", &Count::calls_at_1, "system calls at 1 connection", 3.0},
    {"06", &Count::locks, "mutexes taken per request", 0},
}};

std::optional<double> figure_of(const char* key, Figure figure,
                                const std::vector<Count>& counts) {
    for (const Count& count : counts)
        if (count.key == key) return count.*figure;
    return {};
}

std::optional<double> value_of(const Gate& gate, const std::vector<Count>& counts) {
    const auto value = figure_of(gate.key, gate.figure, counts);
    if (gate.other == nullptr || !value) return value;
    const auto base = figure_of(gate.other, gate.base, counts);
    return base && *base > 0 ? std::optional(*value / *base) : std::nullopt;
}

}  // namespace

std::vector<std::string> broken_gates(const std::vector<Count>& counts) {
    constexpr double rounding = 0.005;  // two decimals are shown
    std::vector<std::string> lines;
    for (const Gate& gate : gates) {
        const std::optional<double> value = value_of(gate, counts);
        if (value && *value <= gate.most + rounding) continue;
        const std::string of =
            gate.other ? fmt::format(" times the usual ones of {}", gate.other) : "";
        lines.push_back(fmt::format(
            "gate: {}: {}{} {}, at most {:g} allowed", gate.key, gate.words, of,
            value ? fmt::format("are {:.2f}", *value) : "were not counted", gate.most));
    }
    return lines;
}

}  // namespace six::speed
