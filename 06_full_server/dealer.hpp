// One listener for all loops: clients are accepted here, and dealt out. Read before:
// admission.hpp. Read next: worker.hpp, which serves them.
#pragma once

#include <list>

#include "01_blocking/unique_fd.hpp"
#include "05_coroutines/async_socket.hpp"
#include "05_coroutines/task.hpp"
#include "06_full_server/admission.hpp"
#include "06_full_server/worker.hpp"

namespace six::full {

/// Deals clients out to the workers, in turn. Belongs to the first worker's thread.
class Dealer {
  public:
    /// All but the listener are borrowed; `loop` is the first worker's.
    Dealer(EventLoop& loop, UniqueFd listener, Admission& admission,
           std::list<Worker>& workers)
        : loop_(loop),
          listener_(loop, std::move(listener)),
          admission_(admission),
          workers_(workers) {}

    /// Accepts clients for ever. Suspends while there are none, while all places are taken,
    /// and while accepting fails. Throws Cancelled.
    Task<void> accept_clients();

  private:
    void deal(UniqueFd client);

    EventLoop& loop_;
    WatchedFd listener_;
    Admission& admission_;
    std::list<Worker>& workers_;
    std::list<Worker>::iterator next_ = workers_.begin();
};

}  // namespace six::full
