// What a process uses, seen from outside: its threads, its memory, its time on the CPU.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>

namespace six::bench {

/// What the system remembers for a process, in KiB. On Linux, where a process's own figure
/// ("resident") hides what the kernel keeps for it: above all, a stack for each thread.
struct Memory {
    double resident = 0;     ///< VmRSS: all its pages in memory, program and libraries too
    double anonymous = 0;    ///< RssAnon: those of them that no other process can share
    double page_tables = 0;  ///< VmPTE: which page is where; beyond resident
    double kernel_stacks = 0;  ///< one per thread, `kernel_stack_kib` each; beyond resident

    /// All that one more process like this needs.
    double of_its_own() const { return anonymous + page_tables + kernel_stacks; }
    /// All that it has, shared or not.
    double total() const { return resident + page_tables + kernel_stacks; }
    bool operator==(const Memory&) const = default;
};

/// What `later` has more. No part is below 0.
Memory growth(const Memory& earlier, const Memory& later);

struct ProcessStats {
    int threads = 0;
    Memory memory;
    std::chrono::nanoseconds cpu_time{0};  ///< user and system, ended threads included
};

/// Looks at a process of the same user. Nothing where there is no such process, or no /proc
/// (proc(5)); takes about 50 µs and never blocks.
std::optional<ProcessStats> look_at(pid_t process);

/// How long the CPUs of this machine have been busy, all together, for whomever
/// (/proc/stat); in clock ticks, mostly 10 ms. 0 where there is no /proc.
std::chrono::nanoseconds busy_time_of_machine();

/// The size of a thread's stack in the kernel, which no file tells: all stacks
/// (/proc/meminfo) divided by all threads (/proc/loadavg), to the next power of two. 0
/// where there is no /proc.
double kernel_stack_kib();

}  // namespace six::bench
