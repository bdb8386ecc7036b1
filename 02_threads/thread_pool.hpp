// A fixed number of threads that work off a bounded queue of jobs.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace six {

/// Runs jobs on its own threads, in the order in which they came. Thread-safe.
///
/// The queue is bounded on purpose: a queue without bound hides an overload until memory is
/// gone, and everybody in it waits for longer than they care to.
class ThreadPool {
  public:
    using Job = std::function<void()>;

    /// Starts `threads` threads (at least 1). `queue_capacity` (at least 1) counts the jobs
    /// that wait, not those that run. Throws std::system_error when the system gives no
    /// more threads.
    ThreadPool(std::size_t threads, std::size_t queue_capacity);
    /// Runs what is still queued, then joins the threads: blocks until all of that is done.
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    /// Queues a job; never blocks. False, without touching it, when the queue is full. A
    /// job must not throw: there is nobody to catch it, and the program ends.
    [[nodiscard]] bool try_submit(Job job);

  private:
    void work();
    void close();

    const std::size_t queue_capacity_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> queue_;             // guarded by mutex_
    bool closing_ = false;              // guarded by mutex_
    std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace six
