// One listener for all loops: clients are accepted here, and dealt out. Read before:
// admission.hpp. Read next: worker.hpp, which serves them.
//
// Why doesn't the kernel deal? All loops can wait at one listener, and it wakes one of them
// for each client (EPOLLEXCLUSIVE, epoll_ctl(2)). We have tried that with two loops. It
// wakes the same one again if that is asleep again, and a client stays where it was
// accepted: one loop had some 60 of 64 clients that stayed, 490 of 512, and four in five of
// those that came for one request each. It never served more requests than dealing out
// does; with 64 that stayed, a fifth fewer, since the other core had nothing to do. And
// dealing out is cheap: one `post` for a connection, none for a request.
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
