#include "02_threads/thread_pool.hpp"

#include <utility>

namespace six {

ThreadPool::ThreadPool(std::size_t threads, std::size_t queue_capacity)
    : queue_capacity_(queue_capacity) {
    try {
        for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {
        close();  // else those that have started would wait for ever, and we for them
        throw;
    }
}

ThreadPool::~ThreadPool() {
    close();
}

void ThreadPool::close() {
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

bool ThreadPool::try_submit(Job job) {
    {
        const std::scoped_lock lock(mutex_);
        if (queue_.size() >= queue_capacity_) return false;
        queue_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

void ThreadPool::work() {
    while (true) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !queue_.empty() || closing_; });
        if (queue_.empty()) return;  // closing, and nothing left to do
        const Job job = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        job();
    }
}

}  // namespace six
