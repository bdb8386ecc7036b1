// Which core the servers run on, and which one the load generator. Linux only.
#pragma once

#include <chrono>

#include <sys/types.h>

namespace six::speed {

/// Two cores of those that this process may use; the same one twice if there is no other.
struct Cores {
    int server = 0;
    int generator = 0;
    bool apart() const { return server != generator; }
};
Cores choose_cores();

/// Keeps the calling thread, and what it starts from now on, on this core.
/// Async-signal-safe. Does nothing where that is forbidden.
void stay_on(int core);
/// The same with two of them.
void stay_on(int first, int second);

/// User and system time until now of a process and its children.
std::chrono::nanoseconds cpu_time_of_family(pid_t process);

}  // namespace six::speed
