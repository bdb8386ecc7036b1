// A real PostgreSQL for tests, on this machine, beside any other: with its own directory, a
// Unix socket in it and no port.
#pragma once

#include <optional>
#include <string>

#include "common/testing/server_process.hpp"

namespace six::testing {

/// Its own cluster, empty, which goes with its owner. One thread.
class PostgresCluster {
  public:
    /// False: its programs are not there (Debian: the package `postgresql`).
    static bool available();

    /// Creates and starts it: blocks for a moment, the first time in a build folder for a
    /// second or two. Throws WaitFailed with what its programs say.
    /// Since it refuses to be root, root runs it as the user `postgres`, or else `nobody`.
    PostgresCluster();
    ~PostgresCluster();
    PostgresCluster(const PostgresCluster&) = delete;
    PostgresCluster& operator=(const PostgresCluster&) = delete;

    /// For `--store`, or libpq.
    std::string address() const;

    /// SIGKILL, in the middle of whatever it does. Waits for its end.
    void kill();
    /// Starts it again, and waits until it lets clients in.
    void start();

  private:
    void create();
    bool ready();

    TemporaryDirectory directory_;
    std::string data_ = directory_.file("data");
    std::optional<ServerProcess> process_;
};

}  // namespace six::testing
