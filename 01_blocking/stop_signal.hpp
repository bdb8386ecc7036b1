// SIGINT and SIGTERM: how a server is told to stop, even while it sleeps in a system call.
#pragma once

#include <chrono>

#include "01_blocking/unique_fd.hpp"

namespace six {

/// Hears the first SIGINT or SIGTERM of the process; the second one ends it at once, as if
/// nobody had listened. Create one, at the start of main, before any thread.
///
/// The signal arrives as a byte in a pipe (the "self-pipe trick"), which one polls beside
/// the listener. To rely on a system call that fails with EINTR instead would be a race: a
/// signal that comes just before the call is never noticed.
class StopSignal {
  public:
    /// Throws std::system_error when the system has no pipe left.
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    bool requested() const noexcept;
    /// Readable from the signal on, for ever: it is polled, never read.
    int fd() const noexcept { return pipe_reader_.get(); }

    /// Blocks until somebody knocks at the listener (true) or the signal has come (false).
    bool wait_for_client(int listener) const;
    /// Blocks for that long, or until the signal has come.
    void pause(std::chrono::milliseconds time) const;

    /// While it lives, the signal also ends the reading of one socket: a thread asleep in
    /// recv() can't look at a pipe, so the signal handler itself shuts the socket for
    /// reading, and recv returns 0, now or when it is called next. One at a time.
    class EndsReading {
      public:
        EndsReading(const StopSignal& stop, int socket);
        ~EndsReading();
        EndsReading(const EndsReading&) = delete;
        EndsReading& operator=(const EndsReading&) = delete;
    };

    /// From the signal on nobody can connect any more, even if the thread that accepts is
    /// busy: the signal handler closes the socket. Its descriptor stays taken; there is
    /// nobody to accept there then.
    void refuse_clients(int listener);
    /// From the signal on the process has `time` left; then it exits with status 0,
    /// whatever it waits for. For a server with no thread to spare that could watch the
    /// clock.
    void limit_drain(std::chrono::milliseconds time);

  private:
    UniqueFd pipe_reader_;
    UniqueFd pipe_writer_;
};

}  // namespace six
