// The owner of a file descriptor. All chapters use it.
#pragma once

#include <unistd.h>

#include <utility>

namespace six {

/// Owns one file descriptor and closes it exactly once. Move-only. A bare `int` elsewhere
/// in the course is borrowed: its owner is a UniqueFd that lives longer.
class UniqueFd {
  public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) {
            close();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    ~UniqueFd() { close(); }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    /// Gives the descriptor up to another owner.
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
    /// Closes now instead of at the end of the scope. The error is of no use: the
    /// descriptor is gone either way (close(2), "Dealing with error returns").
    void close() noexcept {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

  private:
    int fd_ = -1;
};

}  // namespace six
