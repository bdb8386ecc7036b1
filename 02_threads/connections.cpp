#include "02_threads/connections.hpp"

#include <sys/socket.h>

namespace six::threads {

Connections::Entry::Entry(Connections& all, int socket) : all_(all), socket_(socket) {
    idle();
}

Connections::Entry::~Entry() {
    // Notify while the mutex is held: once the main thread sees that the last one has gone,
    // it destroys the condition variable.
    const std::scoped_lock lock(all_.mutex_);
    all_.idle_.erase(socket_);
    all_.changed_.notify_all();
}

void Connections::Entry::in_flight() {
    const std::scoped_lock lock(all_.mutex_);
    all_.idle_[socket_] = false;
}

void Connections::Entry::idle() {
    const std::scoped_lock lock(all_.mutex_);
    all_.idle_[socket_] = true;
    if (all_.draining_) ::shutdown(socket_, SHUT_RD);
}

bool Connections::draining() const {
    const std::scoped_lock lock(mutex_);
    return draining_;
}

void Connections::drain() {
    const std::scoped_lock lock(mutex_);
    draining_ = true;
    for (const auto& [socket, idle] : idle_)
        if (idle) ::shutdown(socket, SHUT_RD);
}

bool Connections::wait_until_empty(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return idle_.empty(); });
}

}  // namespace six::threads
