// A server of the course and the two clients that are played with: what really happens,
// turned into the events of a Round.
#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/play_model.hpp"
#include "bench/play_words.hpp"
#include "common/testing/client.hpp"
#include "common/testing/server_process.hpp"

namespace six::play {

/// The server can't be started, or has ended. The message is one line.
class ServerFailed : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The server of chapter `number` ("01" … "06"). Throws std::invalid_argument.
Server find_server(const std::string& number);

/// One server process, from start to kill, and as many rounds as one likes. One thread.
class Session {
  public:
    /// Starts the executable of that name in `folder`, with a database of its own, and
    /// waits until it listens. Throws ServerFailed.
    Session(Server server, const std::filesystem::path& folder,
            const std::vector<std::string>& options);

    /// The client's next step: connects and sends its head, or sends its body. Blocks until
    /// the kernel has taken the bytes, 10 s at most; a failure is an event.
    void press(Who who);
    /// Takes the answers that have come. Doesn't wait for any. Throws ServerFailed when the
    /// server has ended, and Interrupted.
    void take_news();
    /// Looks, takes news and looks again, until nothing more will happen by itself (true),
    /// or `time` is over (false). Where the system doesn't show what the server does, looks
    /// once (false).
    bool settle(std::chrono::milliseconds time);
    /// Waits for the client's answer, 10 s at most. False: it didn't come.
    bool wait_for_answer(Who who);
    /// Closes both connections and begins anew, with the same server.
    void new_round();

    const Server& server() const { return server_; }
    const Round& round() const { return round_; }
    int round_number() const { return round_number_; }
    /// The time of the round: since its first press, until its last answer.
    Time now() const;
    /// Descriptors that become readable when there may be news. Borrowed.
    std::vector<int> descriptors() const;

  private:
    std::optional<testing::Client>& client(Who who);
    void send_next(Who who);
    void take_answer(Who who);
    void look();
    void check_server();

    Server server_;
    testing::TemporaryDirectory directory_;
    testing::ServerProcess process_;
    std::array<std::optional<testing::Client>, 2> clients_;
    Round round_;
    int round_number_ = 1;
    std::optional<std::chrono::steady_clock::time_point> started_;
};

/// What a client sends: its head, and its body.
std::string request_head(Who who);
std::string request_body(Who who);

}  // namespace six::play
