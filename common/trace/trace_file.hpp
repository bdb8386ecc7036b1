// Chrome's trace format, as far as we need it: each request is one track, its states are
// the slices on it. Read first: trace.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <unordered_set>

#include "common/trace/trace.hpp"

namespace six::trace {

/// What a request leaves behind when it enters a state. Of a fixed size, no memory of its
/// own.
struct Event {
    std::uint64_t request = 0;
    std::chrono::nanoseconds time{};  ///< since the recording began
    Where where;                      ///< points at constants of the program
    std::uint32_t thread = 0;         ///< 1, 2, … in the order of their first events
    State state = State::accepted;
};

/// Turns events into JSON, and writes it in pieces. A file without its end is still one
/// that viewers open. One thread at a time. Source: "Trace Event Format",
/// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
class TraceFile {
  public:
    /// Throws std::runtime_error when the file can't be created.
    TraceFile(const std::string& path, const std::string& program);

    /// Events must come in the order of their times.
    void add(const Event& event);
    void add_end();
    /// Blocks until the system has taken what was added. False: the disk is full, or so.
    [[nodiscard]] bool write();

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    void add_line(const std::string& fields);
    std::string arguments(const Event& event);

    std::unique_ptr<std::FILE, Close> file_;
    std::string text_;                        // not written yet
    std::unordered_set<std::uint64_t> open_;  // the requests whose last slice hasn't ended
    std::uint64_t sequence_ = 0;
};

}  // namespace six::trace
