#include "04_event_loop/nonblocking.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace six {

namespace {

IoResult result_of(ssize_t moved) {
    if (moved > 0) return {IoResult::Status::ok, static_cast<std::size_t>(moved)};
    if (moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return {IoResult::Status::would_block, 0};
    return {IoResult::Status::closed, 0};
}

}  // namespace

IoResult try_receive(int fd, std::span<char> buffer) {
    ssize_t received = 0;
    do {
        received = ::recv(fd, buffer.data(), buffer.size(), 0);
    } while (received < 0 && errno == EINTR);
    return result_of(received);
}

IoResult try_send(int fd, std::string_view bytes) {
    ssize_t sent = 0;
    do {
        sent = ::send(fd, bytes.data(), bytes.size(), 0);
    } while (sent < 0 && errno == EINTR);
    return result_of(sent);
}

bool accept_needs_pause() {
    return errno != EAGAIN && errno != EWOULDBLOCK;
}

}  // namespace six
