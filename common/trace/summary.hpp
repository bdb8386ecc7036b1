// Reads a trace again, for our own tools: what servers do in which order, and what their
// requests spend their time on. Read first: trace.hpp.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/trace/trace.hpp"

namespace six::trace {

/// A request enters a state.
struct Entry {
    std::uint64_t request = 0;
    State state = State::accepted;
    std::chrono::nanoseconds time{};  ///< since the recording began
    std::string file;                 ///< seen from the project's root: "01_blocking/…"
    unsigned line = 0;
    unsigned thread = 0;  ///< 1, 2, …
};

/// The entries of a file that `start` began, in the order of their times. What a killed
/// server has left is enough. Throws std::runtime_error when the file can't be read or is
/// no trace of ours.
std::vector<Entry> read(const std::string& file);

/// What finished requests have spent their time on, all of them together.
struct Shares {
    using Seconds = std::chrono::duration<double>;

    std::array<Seconds, 7> in_state{};  ///< indexed by State
    std::size_t requests = 0;           ///< that are finished

    Seconds in(State state) const { return in_state[static_cast<std::size_t>(state)]; }
    /// Waiting for the client: to send its head, its body, or to take the answer.
    Seconds client() const {
        return in(State::waiting_for_head) + in(State::waiting_for_body) +
               in(State::writing);
    }
    Seconds database() const { return in(State::waiting_for_database); }
    /// On the CPU, or in line for it or for a thread.
    Seconds cpu() const { return in(State::accepted) + in(State::running); }
    Seconds total() const { return client() + database() + cpu(); }
};
Shares shares(std::span<const Entry> entries);

}  // namespace six::trace
