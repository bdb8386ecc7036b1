#include "05_coroutines/async_socket.hpp"

#include <sys/socket.h>

#include "01_blocking/socket.hpp"

namespace six {

WatchedFd::WatchedFd(EventLoop& loop, UniqueFd fd) : loop_(&loop), fd_(std::move(fd)) {
    loop_->watch(fd_.get());
}

WatchedFd::~WatchedFd() {
    if (fd_) loop_->forget(fd_.get());
}

WatchedFd& WatchedFd::operator=(WatchedFd&& other) noexcept {
    std::swap(loop_, other.loop_);
    std::swap(fd_, other.fd_);
    return *this;
}

std::optional<AsyncSocket> AsyncSocket::try_watch(EventLoop& loop, UniqueFd socket) {
    try {
        return AsyncSocket(loop, std::move(socket));
    } catch (const std::system_error&) {
        return {};  // epoll_ctl(2): ENOSPC, ENOMEM
    }
}

void AsyncSocket::shut_down_sending() noexcept {
    ::shutdown(fd(), SHUT_WR);
}

IoResult AsyncSocket::try_receive(std::span<char> buffer) {
    assert(!buffer.empty() && "that would look like the end of the stream");
    const IoResult result = six::try_receive(fd(), buffer);
    // Fewer bytes than we had room for: the loop will tell when more come, so that the next
    // read needs no system call to learn that there are none. That is one in three saved.
    const bool closed = result.status == IoResult::Status::closed;
    may_have_more_ = closed || result.bytes == buffer.size();
    return result;
}

bool ReceiveWait::attempt() {
    const IoResult result = socket_.try_receive(buffer_);
    received_ = result.bytes;
    return result.status != IoResult::Status::would_block;
}

bool SendWait::attempt() {
    while (!left_.empty()) {
        const IoResult result = try_send(fd(), left_);
        left_.remove_prefix(result.bytes);
        if (result.status == IoResult::Status::would_block) return false;
        if (result.status == IoResult::Status::closed) return true;
    }
    return true;
}

// #region clients
AsyncGenerator<AsyncSocket> AsyncListener::clients() {
    EventLoop& loop = fd_.loop();
    while (true) {
        if (UniqueFd client = accept_client(fd_.get(), Mode::non_blocking)) {
            auto socket = AsyncSocket::try_watch(loop, std::move(client));
            if (socket) co_yield std::move(*socket);
            co_await sleep_for(loop, Duration::zero());  // the others have a turn, too
        } else if (accept_needs_pause()) {
            co_await sleep_for(loop, accept_pause);
        } else {
            co_await readable(loop, fd_.get());
        }
    }
}
// #endregion

}  // namespace six
