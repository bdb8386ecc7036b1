// A descriptor that any thread can make readable: how a loop that waits for descriptors is
// told that there is something else to do. Read next: event_loop.hpp.
#pragma once

#include "01_blocking/unique_fd.hpp"

namespace six {

/// A pipe to oneself. (Linux has eventfd(2) for this: one descriptor less and a little
/// faster, but not worth a second version.)
class Wakeup {
  public:
    /// Throws std::system_error, such as EMFILE.
    Wakeup();

    /// To be watched by the loop's poller. Borrowed; lives as long as this.
    int fd() const noexcept { return reader_.get(); }
    /// Makes `fd()` readable. From any thread; never blocks.
    void signal() noexcept;
    /// Makes `fd()` unreadable until the next signal. The loop's thread; never blocks.
    void drain() noexcept;

  private:
    UniqueFd reader_;
    UniqueFd writer_;
};

}  // namespace six
