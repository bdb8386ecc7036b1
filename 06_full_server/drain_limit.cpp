#include "06_full_server/drain_limit.hpp"

#include <cstdlib>
#include <system_error>

#include "common/trace/trace.hpp"

namespace six::full {

void DrainLimit::begin() {
    try {
        thread_ = std::thread([this] { wait(); });
    } catch (const std::system_error&) {
        // No thread is to be had. Then the end takes as long as it takes.
    }
}

DrainLimit::~DrainLimit() {
    if (!thread_.joinable()) return;
    {
        const std::scoped_lock lock(mutex_);
        in_time_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void DrainLimit::wait() {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, limit_, [this] { return in_time_; })) return;
    trace::stop();
    std::_Exit(0);  // cuts the rest
}

}  // namespace six::full
