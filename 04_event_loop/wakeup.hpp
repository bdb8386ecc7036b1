// A descriptor that any thread can make readable: how a loop that waits for descriptors is
// told that there is something else to do.
#pragma once

#include "01_blocking/unique_fd.hpp"

namespace six {

/// An eventfd(2) on Linux, a pipe elsewhere (the "self-pipe trick").
class Wakeup {
  public:
    /// Throws std::system_error, such as EMFILE.
    Wakeup();

    /// To be watched by the loop's poller. Borrowed; lives as long as this.
    int fd() const noexcept { return read_end_.get(); }
    /// Makes `fd()` readable. From any thread; never blocks.
    void signal() noexcept;
    /// Makes `fd()` unreadable until the next signal. The loop's thread; never blocks.
    void drain() noexcept;

  private:
    UniqueFd read_end_;
    UniqueFd write_end_;  // none for an eventfd, which is both
};

}  // namespace six
