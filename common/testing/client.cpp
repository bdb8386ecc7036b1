#include "common/testing/client.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <ostream>
#include <system_error>

namespace six::testing {

namespace {

#ifdef MSG_NOSIGNAL
constexpr int no_signal = MSG_NOSIGNAL;
#else
constexpr int no_signal = 0;
#endif

[[noreturn]] void fail(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

AddressList resolve(const Address& server) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(server.port);
    if (getaddrinfo(server.host.c_str(), port.c_str(), &hints, &found) != 0)
        throw std::runtime_error("'" + server.host + "' is no address");
    return {found, &freeaddrinfo};
}

void set_option(int socket, int level, int name, int value) {
    ::setsockopt(socket, level, name, &value, sizeof value);
}

/// What send() says when the other side is gone. macOS has a word of its own for it, while
/// the connection is being taken down.
bool says_gone(int error) {
    return error == EPIPE || error == ECONNRESET || error == EPROTOTYPE;
}

/// Waits for `socket` until one of poll's `events` is there.
void wait_for(int socket, short events, const std::string& what, const Deadline& deadline) {
    pollfd waiting{socket, events, 0};
    while (::poll(&waiting, 1, deadline.left_ms()) <= 0)
        if (deadline.over()) deadline.fail(what);
}

void finish_connecting(int socket, const std::string& where) {
    int error = errno;
    if (error == EINPROGRESS) {
        wait_for(socket, POLLOUT, "a connection to " + where, Deadline());
        socklen_t size = sizeof error;
        ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error != 0) fail(error, "cannot connect to " + where);
}

Descriptor connect_to(const Address& server, Client::Options options) {
    const AddressList where = resolve(server);
    Descriptor socket{::socket(where->ai_family, SOCK_STREAM, 0)};
    if (!socket) fail(errno, "cannot create a socket");
    ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
    // Before connect, which tells the server the size of the window.
    if (options.receive_buffer_bytes > 0)
        set_option(socket.get(), SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes);
    set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);
#ifdef SO_NOSIGPIPE
    set_option(socket.get(), SOL_SOCKET, SO_NOSIGPIPE, 1);
#endif
    ::fcntl(socket.get(), F_SETFL, O_NONBLOCK);  // so that each wait can have a deadline
    if (::connect(socket.get(), where->ai_addr, where->ai_addrlen) != 0)
        finish_connecting(socket.get(), "port " + std::to_string(server.port));
    return socket;
}

}  // namespace

Client::Client(const Address& server) : Client(server, Options{}) {}

Client::Client(const Address& server, Options options)
    : socket_(connect_to(server, options)) {}

bool Client::try_send(std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), no_signal);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (says_gone(errno)) {
            return false;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            wait_for(socket_.get(), POLLOUT, "the server to read our request", deadline);
        } else if (errno != EINTR) {
            fail(errno, "cannot send");
        }
    }
    return true;
}

void Client::send(std::string_view bytes, Deadline deadline) {
    if (!try_send(bytes, deadline))
        throw WaitFailed("the server closed the connection while we were sending " +
                         excerpt(bytes));
}

void Client::send_in_pieces(std::string_view bytes, std::size_t piece_bytes) {
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, piece_bytes);
        send(piece);
        bytes.remove_prefix(piece.size());
    }
}

std::size_t Client::send_some(std::string_view bytes) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), no_signal);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void Client::half_close() {
    if (::shutdown(socket_.get(), SHUT_WR) != 0) fail(errno, "cannot shut down");
}

void Client::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_.close();
}

Client::Received Client::receive(const std::string& what, const Deadline& deadline) {
    std::array<char, 64 * 1024> buffer;
    while (true) {
        const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (count > 0) {
            received_.append(buffer.data(), static_cast<std::size_t>(count));
            return Received::bytes;
        }
        if (count == 0) return Received::end;
        if (errno == ECONNRESET || errno == EPIPE) return Received::reset;
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            fail(errno, "cannot receive " + what);
        wait_for(socket_.get(), POLLIN, what + "; so far came " + excerpt(received_),
                 deadline);
    }
}

/// Waits for more bytes, where the end would be an error.
void Client::fill(const std::string& what, const Deadline& deadline) {
    const Received received = receive(what, deadline);
    if (received == Received::bytes) return;
    const std::string how = received == Received::end ? "closed" : "reset";
    throw WaitFailed("the server " + how + " the connection while we waited for " + what +
                     "; so far came " + excerpt(received_));
}

/// The next head, interim or not.
Response Client::read_head(const Deadline& deadline) {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos)
        fill("the head of an answer", deadline);
    Response response = parse_head(std::string_view(received_).substr(0, end + 2));
    received_.erase(0, end + 4);
    return response;
}

Response Client::read_final_head(const Deadline& deadline) {
    std::vector<int> interim;
    while (true) {
        Response response = read_head(deadline);
        if (response.status < 100 || response.status >= 200) {
            response.interim = std::move(interim);
            return response;
        }
        interim.push_back(response.status);
    }
}

Response Client::read_response(Deadline deadline) {
    Response response = read_final_head(deadline);
    if (response.status == 204 || response.status == 304) return response;
    if (const auto length = response.content_length())
        response.body = read_bytes(*length, deadline);
    else
        response.body = read_until_end(deadline);
    return response;
}

Response Client::read_response_to_head(Deadline deadline) {
    return read_final_head(deadline);
}

void Client::read_continue(Deadline deadline) {
    const Response response = read_head(deadline);
    if (response.status != 100)
        throw WaitFailed("waited for 100 Continue, but the answer was " +
                         std::to_string(response.status));
}

std::string Client::read_bytes(std::size_t count, Deadline deadline) {
    while (received_.size() < count) fill("the rest of the bytes", deadline);
    std::string bytes = received_.substr(0, count);
    received_.erase(0, count);
    return bytes;
}

std::string Client::read_until_end(Deadline deadline) {
    const std::string what = "the end of the stream";
    Received received = Received::bytes;
    while (received == Received::bytes) received = receive(what, deadline);
    if (received == Received::reset)
        throw WaitFailed("the server reset the connection while we waited for " + what +
                         "; so far came " + excerpt(received_));
    return std::exchange(received_, {});
}

Client::End Client::read_end(Deadline deadline) {
    const std::string what = "the end of the connection";
    if (received_.empty()) {
        const Received received = receive(what, deadline);
        if (received != Received::bytes)
            return received == Received::end ? End::closed : End::reset;
    }
    throw WaitFailed("waited for " + what + ", but there came " + excerpt(received_));
}

void Client::wait_until_readable(Deadline deadline) {
    if (received_.empty())
        wait_for(socket_.get(), POLLIN, "anything from the server", deadline);
}

bool Client::has_news() {
    char byte = 0;
    const bool nothing = ::recv(socket_.get(), &byte, 1, MSG_PEEK) < 0 &&
                         (errno == EAGAIN || errno == EWOULDBLOCK);
    return !received_.empty() || !nothing;
}

std::ostream& operator<<(std::ostream& out, Client::End end) {
    return out << (end == Client::End::closed ? "closed" : "reset");
}

// --- for many clients ---

bool refuses_connections(const Address& server) {
    try {
        const Client client{server};
        return false;
    } catch (const std::system_error& error) {
        return error.code() == std::errc::connection_refused;
    }
}

void allow_descriptors(std::size_t count) {
    constexpr rlim_t for_the_rest = 64;
    const rlim_t wanted = count + for_the_rest;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) fail(errno, "cannot read the limit");
    if (limit.rlim_cur >= wanted) return;
    const rlim_t most = limit.rlim_max;
    limit.rlim_cur = wanted;
    if (wanted > most || ::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        throw std::runtime_error("this test needs " + std::to_string(wanted) +
                                 " descriptors, and the system allows " +
                                 std::to_string(most) + " (ulimit -Hn)");
}

}  // namespace six::testing
