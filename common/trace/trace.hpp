// Who waits where: each request tells its states, with the source line of the wait, into
// one file in Chrome's trace format (opens in https://ui.perfetto.dev). Off unless --trace
// is given.
//
// A handler never calls this. The waiting calls do, with the line they were called from:
//     std::string body(std::source_location where = std::source_location::current());
#pragma once

#include <atomic>
#include <cstdint>
#include <source_location>
#include <string>

namespace six::trace {

/// What a request is doing. All but `running` and `done` are waits, or their beginning.
enum class State : std::uint8_t {
    accepted,  ///< its connection has been accepted (a connection's first request only)
    waiting_for_head,
    waiting_for_body,
    waiting_for_database,
    running,  ///< a wait is over: on the CPU, or in line for it
    writing,  ///< the answer is on its way out
    done,
};
const char* name(State state);

/// Starts the recording; throws std::runtime_error when the file can't be written. Call it
/// before the first thread starts. A thread of its own writes the file, five times a
/// second; the file is complete once `stop` has run, but viewers open that of a killed
/// server, too.
void start(const std::string& file, const std::string& program);
/// Without effect when nothing is being recorded.
void stop();

/// Records for as long as it lives; with an empty file name, nothing.
class Recording {
  public:
    Recording(const std::string& file, const std::string& program) {
        if (!file.empty()) start(file, program);
    }
    ~Recording() { stop(); }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;
};

using Where = std::source_location;

/// True between `start` and `stop`. Here, so that `Request::enter` costs next to nothing
/// otherwise.
inline std::atomic<bool> recording{false};
/// Writes one event down. Blocks for a mutex, never for the disk. Any thread.
void record(std::uint64_t request, State state, Where where);

/// One request's entries in the trace. Cheap to copy (a number); thread-safe. An event
/// stands at each wait that is *asked for*, whether or not it then blocks, so that the same
/// clients leave the same order of (request, state) in every server.
class Request {
  public:
    /// A request for which there is nothing to tell yet.
    Request() = default;
    /// The first request of a connection that was just accepted. Numbered 1, 2, … in that
    /// order; while nothing is recorded, all are number 0.
    static Request accepted(Where where = Where::current());
    /// The next request on the same connection: a new number.
    static Request next() {
        return recording.load(std::memory_order_relaxed) ? numbered() : Request();
    }

    /// Enters `state`, at the line `where`. A single test of a flag when tracing is off.
    void enter(State state, Where where = Where::current()) const {
        if (recording.load(std::memory_order_relaxed)) record(number_, state, where);
    }

    std::uint64_t number() const { return number_; }

  private:
    explicit Request(std::uint64_t number) : number_(number) {}
    static Request numbered();
    std::uint64_t number_ = 0;
};

/// A wait in straight code: enters `state` now, and `running` when the scope ends.
class Wait {
  public:
    Wait(Request request, State state, Where where) : request_(request), where_(where) {
        request_.enter(state, where_);
    }
    ~Wait() { request_.enter(State::running, where_); }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

  private:
    Request request_;
    Where where_;
};

}  // namespace six::trace
