// How long the end may take. Read next: server.cpp.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace six::full {

/// Ends the process, with status 0, if that takes longer than it may: neither a client nor
/// a thread that waits for the disk can be told to hurry. So it must outlive whatever has
/// threads to join.
class DrainLimit {
  public:
    explicit DrainLimit(std::chrono::milliseconds limit) : limit_(limit) {}
    /// Everything has ended in time.
    ~DrainLimit();
    DrainLimit(const DrainLimit&) = delete;
    DrainLimit& operator=(const DrainLimit&) = delete;

    /// From now on the time counts. Once; on any thread.
    void begin();

  private:
    void wait();

    const std::chrono::milliseconds limit_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool in_time_ = false;  // guarded by mutex_
    std::thread thread_;    // none before `begin`
};

}  // namespace six::full
