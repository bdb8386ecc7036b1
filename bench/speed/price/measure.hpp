// What the programs of this folder share: they measure what one small step costs, and write
// a line for each: "a plain call<TAB>1.5", in nanoseconds. `./course bench --what
// coroutine` runs them. Read next: price.cpp.
#pragma once

#include <sched.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace six::price {

/// How long each step is measured: the program's argument, in milliseconds (20).
inline std::chrono::nanoseconds time_from(int argc, char** argv) {
    const long ms = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 20;
    return std::chrono::milliseconds(ms);
}

/// Keeps this thread, and those that it starts, on the core where it is: so that a switch
/// of threads is one.
inline void stay_on_this_core() {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &only);
    ::sched_setaffinity(0, sizeof only, &only);
}

/// Whatever it points to is looked at and changed here, as far as the compiler knows: it
/// must not leave out what is measured.
inline void escape(void* something) {
    asm volatile("" : : "r"(something) : "memory");
}

/// Calls `steps` again and again for that long, and prints what one step took. `steps` does
/// so many of them.
template <typename Steps>
void measure(const char* what, std::chrono::nanoseconds time, int count, Steps steps) {
    using Clock = std::chrono::steady_clock;
    steps();  // touches what it needs
    double done = 0;
    const Clock::time_point start = Clock::now();
    Clock::duration taken{};
    do {
        steps();
        done += count;
        taken = Clock::now() - start;
    } while (taken < time);
    std::printf("%s\t%.2f\n", what,
                std::chrono::duration<double, std::nano>(taken).count() / done);
}

}  // namespace six::price
