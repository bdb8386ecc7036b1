// A client that does what a script says. It never waits: what the kernel does not take is
// not sent.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "04_event_loop/clock.hpp"
#include "05_coroutines/tests/loops.hpp"

namespace six::full::test {

class ScriptedClient {
  public:
    /// The server's end of the connection, which takes little before it blocks.
    UniqueFd take_server_end() {
        constexpr int few_bytes = 2304;  // Linux doubles it, and takes no less
        ::setsockopt(ends_.server.get(), SOL_SOCKET, SO_SNDBUF, &few_bytes,
                     sizeof few_bytes);
        return std::move(ends_.server);
    }

    void send(std::string_view bytes) {
        if (!here() || shut_) return;
        const ssize_t taken = ::send(ends_.client.get(), bytes.data(), bytes.size(), 0);
        if (taken > 0) sent_ += bytes.substr(0, static_cast<std::size_t>(taken));
    }
    void shut_down_sending() {
        if (here()) ::shutdown(ends_.client.get(), SHUT_WR);
        shut_ = true;
    }
    /// With unread bytes on their way to it, that resets the connection.
    void leave() { ends_.client = {}; }

    /// False: there is nothing to read just now.
    bool read(std::size_t most) {
        if (!here() || ended_) return false;
        std::array<char, 4096> buffer;
        const std::size_t size = std::min(most, buffer.size());
        const ssize_t got = ::recv(ends_.client.get(), buffer.data(), size, 0);
        const bool nothing = got < 0 && errno == EAGAIN;
        if (nothing) unread_for_ = {};
        if (got > 0) received_.append(buffer.data(), static_cast<std::size_t>(got));
        if (got <= 0) ended_ = !nothing;
        return got > 0;
    }
    /// So much time has passed.
    void wait(Duration time) {
        unread_for_ += time;
        longest_unread_ = std::max(longest_unread_, unread_for_);
    }

    bool here() const { return static_cast<bool>(ends_.client); }
    bool shut() const { return shut_ || !here(); }
    /// The server has closed the connection.
    bool ended() const { return ended_; }
    const std::string& sent() const { return sent_; }
    const std::string& received() const { return received_; }
    /// The longest time in which it didn't read all there was.
    Duration longest_unread() const { return longest_unread_; }

  private:
    six::test::Connection ends_;
    std::string sent_;
    std::string received_;
    bool shut_ = false;
    bool ended_ = false;
    Duration unread_for_{};
    Duration longest_unread_{};
};

}  // namespace six::full::test
