// Starts a contestant on the servers' core. Read before: contestants.hpp.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/speed/contestants.hpp"
#include "bench/speed/cores.hpp"
#include "common/testing/server_process.hpp"

namespace six::speed {

/// Where the programs are and where files may be made.
struct Workshop {
    std::filesystem::path programs;  ///< the folder of this program and of the servers
    std::filesystem::path peers;     ///< the sources of the peers
    std::filesystem::path work;      ///< for databases and the like, on the disk
    std::filesystem::path go_cache;  ///< kept: the compiler is slow the first time
    Cores cores;
    int sockets = 1'000;  ///< that this process may have for its load
};

/// The machine hasn't got this one; the message says what is missing.
class Missing : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// How to start a contestant, with every {word} filled in. `port` is 0 if the server
/// chooses. Throws Missing. Blocks: it looks for programs and may build one.
struct Start {
    testing::Launch launch;
    std::uint16_t port = 0;
    bool both_cores = false;  ///< the generator's, too
};
Start prepare(const Contestant& contestant, const Workshop& workshop);

/// A server that answers GET /health. It is killed, with its children, at the end.
class RunningServer {
  public:
    /// Throws Missing, std::system_error, or testing::WaitFailed with what it said.
    /// `wrapper` is a program that runs it and its options, such as valgrind's.
    RunningServer(const Contestant& contestant, const Workshop& workshop,
                  const std::vector<std::string>& wrapper = {});

    const testing::Address& address() const { return address_; }
    pid_t pid() const { return process_.pid(); }
    std::chrono::nanoseconds cpu_time() const { return cpu_time_of_family(process_.pid()); }
    /// Tells it, and what it runs under, to end, and waits for that; its children, too.
    void stop();
    /// What it has written on stderr, such as a report at its end.
    std::string stderr_text() const { return process_.stderr_text(); }

  private:
    RunningServer(const Start& start, const Cores& cores,
                  const std::vector<std::string>& wrapper);

    testing::ServerProcess process_;
    testing::Address address_;
};

/// The first of the folders in PATH that has such a program; the others follow. Empty:
/// none.
std::vector<std::string> find_programs(const std::string& name);

}  // namespace six::speed
