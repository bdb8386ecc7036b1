// What the tests of the loop share: connected sockets, and a poller that counts.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "01_blocking/socket.hpp"
#include "01_blocking/unique_fd.hpp"
#include "04_event_loop/event_loop.hpp"
#include "04_event_loop/nonblocking.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/client.hpp"
#include "common/testing/deadline.hpp"

namespace six::testing {

/// Two connected sockets that don't block. What one writes, the other can read at once.
struct Pair {
    UniqueFd ours;    // the loop's
    UniqueFd theirs;  // the test's
};
inline Pair connected_pair() {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, fds.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    for (const int fd : fds) set_mode(fd, Mode::non_blocking);
    return {UniqueFd{fds[0]}, UniqueFd{fds[1]}};
}

/// The same over TCP, where what is written takes its time.
inline Pair connected_tcp_pair() {
    const UniqueFd listener = listen_on("127.0.0.1", 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(local_port(listener.get()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    UniqueFd theirs{::socket(AF_INET, SOCK_STREAM, 0)};
    if (::connect(theirs.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw std::system_error(errno, std::generic_category(), "connect");
    UniqueFd ours;
    wait_until("a client to accept", [&] {
        ours = accept_client(listener.get(), Mode::non_blocking);
        return static_cast<bool>(ours);
    });
    set_mode(theirs.get(), Mode::non_blocking);
    return {std::move(ours), std::move(theirs)};
}

inline void write_to(int fd, const std::string& bytes) {
    const IoResult sent = try_send(fd, bytes);
    if (sent.status != IoResult::Status::ok || sent.bytes != bytes.size())
        throw std::runtime_error("a test could not write");
}

/// One read, which gives what is there. "(nothing)" if it would block, "(end)" at the end.
inline std::string read_from(int fd) {
    std::array<char, 4096> buffer;
    const IoResult received = try_receive(fd, buffer);
    switch (received.status) {
        case IoResult::Status::would_block: return "(nothing)";
        case IoResult::Status::closed: return "(end)";
        case IoResult::Status::ok: break;
    }
    return {buffer.data(), received.bytes};
}

/// A loop that throws WaitFailed when a test takes too long, instead of waiting for ever.
class LoopWithAlarm : public EventLoop {
  public:
    explicit LoopWithAlarm(std::unique_ptr<Poller> poller) : EventLoop(std::move(poller)) {
        call_after(std::chrono::milliseconds(Deadline().left_ms()),
                   [] { throw WaitFailed("the loop waited too long"); });
    }
};

/// Turns the loop until `condition` holds.
template <typename Condition>
void run_until(LoopWithAlarm& loop, Condition condition) {
    while (!condition()) loop.run_once();
}

/// What a CountingPoller has seen. Any thread may look.
struct PollerCounts {
    std::atomic<int> waits = 0;        // calls of `wait` that were allowed to wait
    std::atomic<int> looks = 0;        // calls with a timeout of zero
    std::atomic<int> empty_waits = 0;  // waits that came back with nothing
    std::vector<int> added;            // the first is the loop's own descriptor
};

/// Another poller, watched.
class CountingPoller final : public Poller {
  public:
    CountingPoller(std::unique_ptr<Poller> poller, PollerCounts& counts)
        : poller_(std::move(poller)), counts_(counts) {}

    void add(int fd) override {
        counts_.added.push_back(fd);
        poller_->add(fd);
    }
    void remove(int fd) noexcept override { poller_->remove(fd); }
    void arm(int fd, Interest interest) override { poller_->arm(fd, interest); }
    bool edge_triggered() const override { return poller_->edge_triggered(); }
    std::span<const Readiness> wait(Timeout timeout) override {
        const bool may_wait = !timeout || timeout->count() > 0;
        ++(may_wait ? counts_.waits : counts_.looks);
        const auto ready = poller_->wait(timeout);
        if (may_wait && ready.empty()) ++counts_.empty_waits;
        return ready;
    }

  private:
    std::unique_ptr<Poller> poller_;
    PollerCounts& counts_;
};

/// For Catch2's GENERATE: the test runs once with each poller that the system has.
inline std::string each_poller() {
    return GENERATE(from_range(poller_names()));
}

}  // namespace six::testing
