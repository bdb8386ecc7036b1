#include "bench/speed/generator.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "bench/speed/answer_frame.hpp"

namespace six::speed {

using testing::Descriptor;
using namespace std::chrono_literals;

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// Gives up on a server that takes neither connections nor requests.
void limit_sending(int socket) {
    const timeval patience{5, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

/// The socket itself may block: a request goes into an empty buffer, and receiving asks not
/// to wait.
Descriptor connect_to(const testing::Address& server) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    ::inet_pton(AF_INET, server.host.c_str(), &address.sin_addr);
    Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!socket) fail("cannot create a socket");
    limit_sending(socket.get());
    const int yes = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                  sizeof address) != 0)
        fail("cannot connect to " + server.host + ":" + std::to_string(server.port));
    return socket;
}

bool is_closed(int socket) {
    char byte = 0;
    const ssize_t count = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count >= 0 || (errno != EAGAIN && errno != EINTR);  // unasked bytes, too
}

bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

std::chrono::nanoseconds cpu_time_of_thread() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

double Tally::per_second() const {
    return time.count() > 0 ? static_cast<double>(answered) / time.count() : 0;
}

double Tally::own_share() const {
    return time.count() > 0 ? own_cpu / time : 0;
}

Generator::Generator(const testing::Address& server, std::string request, int connections)
    : server_(server),
      request_(std::move(request)),
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

Tally Generator::run(const Goal& goal) {
    Tally tally;
    replace_closed();
    idle_.clear();
    for (Connection& connection : connections_) idle_.push_back(&connection);
    std::uint64_t left = goal.requests;
    const std::chrono::nanoseconds cpu = cpu_time_of_thread();
    const Clock::time_point start = Clock::now();
    Clock::time_point now = start;
    send_requests(now, left, tally);
    while (now < start + goal.time && waiting_ > 0) {
        receive_answers(start + goal.time, tally);
        now = Clock::now();
        for (const Connection* connection : answered_)
            tally.latency.record(std::chrono::duration_cast<std::chrono::microseconds>(
                now - connection->sent));
        if (now < start + goal.time) send_requests(now, left, tally);
    }
    tally.time = now - start;
    tally.own_cpu = cpu_time_of_thread() - cpu;
    settle();
    return tally;
}

void Generator::send_requests(Clock::time_point now, std::uint64_t& left, Tally& tally) {
    for (std::size_t i = 0; i < idle_.size() && left > 0; ++i) {
        Connection& connection = *idle_[i];
        connection.waiting = true;
        connection.sent = now;
        ++waiting_;
        if (send_all(connection.socket.get(), request_)) {
            --left;
        } else {
            lose(connection, tally);  // and puts it at the end of idle_
        }
        if (tally.broken > 1'000'000) throw std::runtime_error("it breaks connections");
    }
    idle_.clear();
}

/// Waits for the first of them, until then at the latest; then takes all that are there.
void Generator::receive_answers(Clock::time_point until, Tally& tally) {
    answered_.clear();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    const int count =
        ::epoll_wait(poller_.get(), events_.data(), static_cast<int>(events_.size()),
                     std::max(0, static_cast<int>(left.count())));
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
    connection.waiting = false;
    --waiting_;
    ++tally.broken;
    open(connection);
    idle_.push_back(&connection);
}

void Generator::settle() {
    Tally not_counted;
    const Clock::time_point end = Clock::now() + 2s;
    while (waiting_ > 0 && Clock::now() < end) receive_answers(end, not_counted);
    for (Connection& connection : connections_) {
        if (connection.waiting) connection.socket.close();
        connection.waiting = false;
    }
    waiting_ = 0;
}

}  // namespace six::speed
