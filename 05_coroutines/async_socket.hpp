// Sockets to be awaited: the calls of chapter 01, under the same names, where a task waits
// and the thread goes on. Read before: awaiters.hpp, generator.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "01_blocking/unique_fd.hpp"
#include "04_event_loop/nonblocking.hpp"
#include "05_coroutines/awaiters.hpp"
#include "05_coroutines/generator.hpp"

namespace six {

/// A descriptor that a loop watches. Owns it: is forgotten by the loop, then closed.
/// Move-only. The loop must outlive it, and it must outlive the waits on it. Loop's thread
/// only.
class WatchedFd {
  public:
    /// `fd` must not block. Throws std::system_error when the loop can't watch it.
    WatchedFd(EventLoop& loop, UniqueFd fd);
    ~WatchedFd();
    WatchedFd(WatchedFd&& other) noexcept = default;
    WatchedFd& operator=(WatchedFd&& other) noexcept;

    EventLoop& loop() const noexcept { return *loop_; }
    int get() const noexcept { return fd_.get(); }

  private:
    EventLoop* loop_;
    UniqueFd fd_;  // empty: moved from
};

class ReceiveWait;
class SendWait;

/// One side of a connection. One task may receive while another sends. Move-only, but not
/// while a task waits for it.
class AsyncSocket {
  public:
    AsyncSocket(EventLoop& loop, UniqueFd socket) : fd_(loop, std::move(socket)) {}
    /// The same, but empty, and the client is let go, if the system can't watch one more.
    static std::optional<AsyncSocket> try_watch(EventLoop& loop, UniqueFd socket);

    /// Suspends until some bytes have come, and gives their number. 0: no more will come,
    /// because the client has closed its side or the connection is broken. Throws
    /// Cancelled; then nothing was read.
    ///
    /// The buffer is written to at the very moment when the task goes on, not before: so
    /// all connections of a loop can share one, if each uses the bytes before it waits
    /// again.
    ReceiveWait receive(std::span<char> buffer);

    /// Suspends until the kernel has taken all bytes, which must stay where they are.
    /// False: the client is gone. Throws Cancelled; then any part of them may have been
    /// sent.
    SendWait send_all(std::string_view bytes);

    /// Reads what is there now, for those who make a wait of their own of it.
    IoResult try_receive(std::span<char> buffer);
    /// False when the last read got all there was: until an event comes there is no more.
    bool may_have_more() const noexcept { return may_have_more_; }

    /// Tells the client that no more will come; it may still send. Never blocks.
    void shut_down_sending() noexcept;

    EventLoop& loop() const noexcept { return fd_.loop(); }
    /// Borrowed. Not to be awaited with `readable`: see there.
    int fd() const noexcept { return fd_.get(); }

  private:
    WatchedFd fd_;
    bool may_have_more_ = true;
};

/// A listening socket.
class AsyncListener {
  public:
    /// `listener` must not block; 01's `listen_on` makes one.
    AsyncListener(EventLoop& loop, UniqueFd listener) : fd_(loop, std::move(listener)) {}

    /// The clients, one after another, for ever. When accepting fails (out of descriptors,
    /// say) it pauses and goes on. Throws Cancelled. The listener must outlive it.
    AsyncGenerator<AsyncSocket> clients();

  private:
    WatchedFd fd_;
};

/// What `receive` returns, to be awaited at once.
class ReceiveWait final : public DescriptorWait {
  public:
    ReceiveWait(AsyncSocket& socket, std::span<char> buffer) noexcept
        : DescriptorWait(socket.loop(), socket.fd(), Direction::read),
          socket_(socket),
          buffer_(buffer) {}
    bool await_ready() { return socket_.may_have_more() && attempt(); }
    [[nodiscard]] std::size_t await_resume() const {
        throw_if_failed();
        return received_;
    }

  private:
    bool attempt() override;
    AsyncSocket& socket_;
    std::span<char> buffer_;
    std::size_t received_ = 0;
};

/// What `send_all` returns, to be awaited at once.
class SendWait : public DescriptorWait {
  public:
    SendWait(EventLoop& loop, int fd, std::string_view bytes) noexcept
        : DescriptorWait(loop, fd, Direction::write), left_(bytes) {}
    [[nodiscard]] bool await_resume() const {
        throw_if_failed();
        return left_.empty();
    }

  protected:
    std::string_view left_;  // what the kernel has not taken yet

  private:
    bool attempt() override;
};

inline ReceiveWait AsyncSocket::receive(std::span<char> buffer) {
    return {*this, buffer};
}
inline SendWait AsyncSocket::send_all(std::string_view bytes) {
    return {loop(), fd(), bytes};
}

}  // namespace six
