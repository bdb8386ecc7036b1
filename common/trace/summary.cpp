// See summary.hpp. No JSON parser: it would have to hold a large trace in memory as a
// whole, and refuses one that breaks off. The lines are our own (trace_file.cpp): to find a
// field, look for its name.
#include "common/trace/summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

namespace six::trace {
namespace {

constexpr std::array all_states = {State::accepted,
                                   State::waiting_for_head,
                                   State::waiting_for_body,
                                   State::waiting_for_database,
                                   State::running,
                                   State::writing,
                                   State::done};

std::optional<State> to_state(std::string_view text) {
    const auto found = std::ranges::find(all_states, text, name);
    if (found == all_states.end()) return std::nullopt;
    return *found;
}

/// What stands behind `"name":`. Empty: there is no such field. It can't be found within a
/// string, where each quotation mark has a backslash before it.
const char* field(const std::string& line, std::string_view name) {
    const std::size_t at = line.find("\"" + std::string(name) + "\":");
    return at == std::string::npos ? "" : line.c_str() + at + name.size() + 3;
}

double number(const std::string& line, std::string_view name) {
    return std::strtod(field(line, name), nullptr);
}

/// The string that a field holds, without what escapes its characters.
std::string text(const std::string& line, std::string_view name) {
    std::string result;
    const char* next = field(line, name);
    if (*next++ != '"') return result;
    for (; *next != '"' && *next != '\0'; ++next) {
        if (*next == '\\') ++next;
        result += *next;
    }
    return result;
}

/// Empty: the line tells something else.
std::optional<Entry> to_entry(const std::string& line) {
    const bool whole = line.ends_with("}}") || line.ends_with("}},");
    const auto state = whole ? to_state(text(line, "state")) : std::nullopt;
    if (!state) return std::nullopt;
    Entry entry;
    entry.request = static_cast<std::uint64_t>(number(line, "request"));
    entry.state = *state;
    entry.time = std::chrono::nanoseconds{std::llround(number(line, "ts") * 1000)};
    entry.file = text(line, "file");
    entry.line = static_cast<unsigned>(number(line, "line"));
    entry.thread = static_cast<unsigned>(number(line, "thread"));
    return entry;
}

}  // namespace

std::vector<Entry> read(const std::string& file) {
    std::ifstream stream(file);
    std::string line;
    if (!stream) throw std::runtime_error("can't read the trace " + file);
    if (!std::getline(stream, line) || line != "[")
        throw std::runtime_error(file + " is no trace of a server");
    std::vector<Entry> entries;
    while (std::getline(stream, line))
        if (auto entry = to_entry(line)) entries.push_back(std::move(*entry));
    return entries;
}

Shares shares(std::span<const Entry> entries) {
    struct Unfinished {
        std::array<Shares::Seconds, 7> in_state{};
        const Entry* last = nullptr;
    };
    std::unordered_map<std::uint64_t, Unfinished> unfinished;
    Shares result;
    for (const Entry& entry : entries) {
        Unfinished& request = unfinished[entry.request];
        if (request.last)
            request.in_state[static_cast<std::size_t>(request.last->state)] +=
                entry.time - request.last->time;
        request.last = &entry;
        if (entry.state != State::done) continue;
        for (std::size_t state = 0; state < result.in_state.size(); ++state)
            result.in_state[state] += request.in_state[state];
        ++result.requests;
        unfinished.erase(entry.request);
    }
    return result;
}

}  // namespace six::trace
