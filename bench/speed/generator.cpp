#include "bench/speed/generator.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "bench/speed/answer_frame.hpp"
#include "bench/speed/client_socket.hpp"

namespace six::speed {

using namespace std::chrono_literals;

namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Generator::Generator(const testing::Address& server, Question question, int connections)
    : server_(server),
      question_(std::move(question)),
      poller_(::epoll_create1(EPOLL_CLOEXEC)),
      connections_(static_cast<std::size_t>(connections)) {
    if (!poller_) fail("cannot create a poller");
    for (Connection& connection : connections_) open(connection);
}

/// Registered once for all that may come, edge-triggered: so a request costs no epoll_ctl.
void Generator::open(Connection& connection) {
    connection.socket = connect_to(server_);
    connection.received.clear();
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &connection;
    const int socket = connection.socket.get();
    if (::epoll_ctl(poller_.get(), EPOLL_CTL_ADD, socket, &event) != 0)
        fail("cannot register a socket");
}

void Generator::replace_closed() {
    for (Connection& connection : connections_)
        if (!connection.socket || is_closed(connection.socket.get())) open(connection);
}

void Generator::send_requests(Clock::time_point now, std::uint64_t& left, Tally& tally) {
    for (std::size_t i = 0; i < idle_.size() && left > 0; ++i) {
        Connection& connection = *idle_[i];
        connection.waiting = true;
        connection.sent = now;
        ++waiting_;
        if (send_all(connection.socket.get(), question_.head)) {
            --left;
            if (question_.pause > 0ns) pause_until(now + question_.pause, connection);
        } else {
            lose(connection, tally);  // and puts it at the end of idle_
        }
        if (tally.broken > 1'000'000) throw std::runtime_error("it breaks connections");
    }
    idle_.clear();
}

/// Waits for the first of them; then takes all that are there.
void Generator::receive_answers(Clock::time_point until, Tally& tally) {
    answered_.clear();
    const int count = wait(until);
    if (count < 0 && errno != EINTR) fail("cannot poll");
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events_[static_cast<std::size_t>(i)];
        const bool ending = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        receive(*static_cast<Connection*>(event.data.ptr), ending, tally);
    }
}

/// A read that doesn't fill the buffer has taken all there is, unless the end stands
/// behind.
void Generator::receive(Connection& connection, bool ending, Tally& tally) {
    for (;;) {
        const ssize_t count =
            ::recv(connection.socket.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) return lose(connection, tally);
        const auto size = static_cast<std::size_t>(count);
        take(connection, {buffer_.data(), size}, tally);
        if (!connection.socket) return;
        if (size < buffer_.size() && !ending) return;
    }
}

/// The next bytes of an answer.
void Generator::take(Connection& connection, std::string_view bytes, Tally& tally) {
    if (!connection.waiting) return lose(connection, tally);  // nobody has asked
    if (!connection.received.empty()) bytes = connection.received.append(bytes);
    const std::optional<Frame> frame = frame_of(bytes);
    if (!frame || (frame->framed && bytes.size() < frame->bytes)) {
        if (connection.received.empty()) connection.received = bytes;
        return;
    }
    if (!frame->framed || bytes.size() > frame->bytes) return lose(connection, tally);
    connection.received.clear();
    connection.waiting = false;
    --waiting_;
    ++(frame->ok ? tally.answered : tally.refused);
    answered_.push_back(&connection);
    idle_.push_back(&connection);
}

/// Its connection has ended, or can't be used any more. Who waited for an answer gets a new
/// one and asks again; one that is lost between two requests is replaced before the next.
void Generator::lose(Connection& connection, Tally& tally) {
    connection.socket.close();
    connection.received.clear();
    if (!connection.waiting) return;
    connection.due = {};
    connection.waiting = false;
    --waiting_;
    ++tally.broken;
    open(connection);
    idle_.push_back(&connection);
}

}  // namespace six::speed
