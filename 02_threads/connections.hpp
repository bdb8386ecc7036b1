// Who is connected: so that the main thread can end the waits of all the others at
// shutdown.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <unordered_map>

namespace six::threads {

/// The open connections of a server with many threads. Thread-safe.
///
/// A thread asleep in recv() hears nothing. To end its wait, the main thread shuts its
/// socket.
class Connections {
  public:
    /// One connection's entry. Create it before the connection's thread starts to wait, and
    /// let it go before the socket is closed: its number may then belong to somebody else.
    class Entry {
      public:
        Entry(Connections& all, int socket);
        ~Entry();
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

        /// A request is in flight: its head is here. Draining lets it finish.
        void in_flight();
        /// Waits for the next request. Draining ends this wait at once.
        void idle();

      private:
        Connections& all_;
        int socket_;
    };

    bool draining() const;
    /// Ends the waits of all idle connections, now and from now on.
    void drain();
    /// Blocks until the last connection has gone (true) or the time is over (false).
    bool wait_until_empty(std::chrono::milliseconds time);

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::unordered_map<int, bool> idle_;  // by socket; guarded by mutex_
    bool draining_ = false;               // guarded by mutex_
};

}  // namespace six::threads
