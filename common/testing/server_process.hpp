// Starts a server as the process that it is, and looks at it from outside: its port, its
// output, its end, its threads and its memory. Read first: client.hpp.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/testing/client.hpp"
#include "common/testing/deadline.hpp"
#include "common/testing/descriptor.hpp"
#include "common/testing/temporary_directory.hpp"

namespace six::testing {

/// How a process ended: with an exit status, or by a signal.
struct Exit {
    int status = 0;
    int signal = 0;  ///< 0: it ended by itself

    bool operator==(const Exit&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Exit& exit);

/// What to start, and how.
struct Launch {
    std::string program = {};
    std::vector<std::string> arguments = {};
    /// Variables that are added to the environment.
    std::vector<std::pair<std::string, std::string>> environment = {};
    /// Runs in the new process before the program does, say to lower a limit. Only what is
    /// async-signal-safe may stand here (signal-safety(7)): other threads may hold locks.
    std::function<void()> in_child = {};
};

/// A running program. It is killed when its owner goes; on Linux also when the thread that
/// started it ends. One thread.
class ServerProcess {
  public:
    /// Starts it and doesn't wait. Throws std::system_error. A program that can't be
    /// executed ends with status 127.
    explicit ServerProcess(const Launch& launch);
    ~ServerProcess();
    ServerProcess(ServerProcess&&) noexcept;
    ServerProcess& operator=(ServerProcess&&) = delete;

    /// Waits for the line `listening on ADDRESS:PORT`. Throws WaitFailed, with what the
    /// program wrote on stderr, if it ends before.
    void wait_until_listening(Deadline deadline = Deadline());
    /// Where it listens; known after `wait_until_listening`.
    const Address& address() const { return address_; }

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// Waits for its end. Throws WaitFailed, and leaves it running, when the deadline is
    /// over.
    Exit wait_for_exit(Deadline deadline = Deadline());
    /// Looks whether it still runs; doesn't wait.
    bool running() { return !exit_ && !reap(false); }

    /// What it has written so far.
    std::string stdout_text();
    std::string stderr_text() const;

    // Facts from Linux's /proc; nothing elsewhere.
    std::optional<long> threads() const;
    std::optional<long> resident_kib() const;
    /// The most that it has ever been.
    std::optional<long> peak_resident_kib() const;
    std::optional<long> open_descriptors() const;
    /// The soft limit of open descriptors.
    std::optional<long> descriptor_limit() const;
    std::optional<std::chrono::milliseconds> cpu_time() const;

  private:
    bool read_stdout(int timeout_ms);
    bool find_address();
    bool reap(bool block);

    pid_t pid_ = -1;
    Address address_;
    Descriptor stdout_;  // the reading end of a pipe
    Descriptor stderr_;  // an unlinked file: it never fills up
    std::string stdout_text_;
    std::optional<Exit> exit_;
};

/// Starts a server on any free port and waits until it listens.
ServerProcess start_server(Launch launch);
ServerProcess start_server(const std::string& program, std::vector<std::string> arguments);

/// For `Launch::in_child`: no more than `count` open descriptors, soft and hard.
void limit_descriptors(std::size_t count);

}  // namespace six::testing
