// A line for each request, without ever making a loop wait: a terminal, a pipe or a disk
// may be slow, and who writes to it waits. So a thread of its own does. Read next:
// access_log.cpp, worker.cpp.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "04_event_loop/event_loop.hpp"
#include "common/http/message.hpp"

namespace six::full {

/// The thread that writes, and what it has still to write. What can't be written is tried
/// again and again: a disk may have room later. Thread-safe.
class AccessLog {
  public:
    enum class Format : std::uint8_t { off, text, json };
    static constexpr std::size_t most_bytes = 1024 * 1024;

    /// `fd` is borrowed; it may block. `off`: does nothing, and needs no thread.
    AccessLog(int fd, Format format);
    /// Writes what is left, for a second at most if that can't be done.
    ~AccessLog();
    AccessLog(const AccessLog&) = delete;
    AccessLog& operator=(const AccessLog&) = delete;

    Format format() const noexcept { return format_; }
    /// Takes the lines over and empties the string. False: it is being read from at this
    /// moment, try later. Never waits. When `most_bytes` wait already it drops the lines,
    /// and the log will tell how many.
    [[nodiscard]] bool try_take(std::string& lines);

  private:
    void work();
    /// The line that stands for requests that are missing.
    std::string gap(std::size_t requests) const;
    bool write(std::string_view bytes) const;

    const int fd_;
    const Format format_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string waiting_;                // guarded by mutex_
    std::size_t dropped_ = 0;            // lines; guarded by mutex_
    std::atomic<bool> closing_ = false;  // set under mutex_, read by both threads
    std::thread thread_;                 // last: it uses all of the above
};

/// The lines of one loop. They are handed over once in a turn, all together. Loop's thread
/// only; the log must outlive it.
class LogLines {
  public:
    LogLines(EventLoop& loop, AccessLog& log) : loop_(loop), log_(log) {}
    ~LogLines();
    LogLines(const LogLines&) = delete;
    LogLines& operator=(const LogLines&) = delete;

    bool enabled() const noexcept { return log_.format() != AccessLog::Format::off; }
    /// A request was answered. `client`: its address; `took`: from its head to the end of
    /// the answer, or the phase in which it was too slow; in turns of the loop, so that
    /// what was done in one turn took nothing.
    void add(std::string_view client, const http::RequestHead& head, int status,
             std::uint64_t body_bytes, Duration took);

  private:
    void hand_over();

    EventLoop& loop_;
    AccessLog& log_;
    std::string lines_;
    TimerId timer_;
};

/// The address of the other end of a connected socket, as text; "-" if it is gone.
std::string peer_address(int socket);

}  // namespace six::full
