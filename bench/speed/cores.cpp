#include "bench/speed/cores.hpp"

#include <sched.h>

#include <fstream>
#include <string>

#include "bench/process_stats.hpp"

namespace six::speed {

Cores choose_cores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    ::sched_getaffinity(0, sizeof allowed, &allowed);
    Cores cores{-1, -1};
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (!CPU_ISSET(static_cast<std::size_t>(core), &allowed)) continue;
        if (cores.server < 0) cores.server = core;
        cores.generator = core;
    }
    return cores;
}

void stay_on(int core) {
    stay_on(core, core);
}

void stay_on(int first, int second) {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(static_cast<std::size_t>(first), &only);
    CPU_SET(static_cast<std::size_t>(second), &only);
    ::sched_setaffinity(0, sizeof only, &only);
}

std::chrono::nanoseconds cpu_time_of_family(pid_t process) {
    std::chrono::nanoseconds time{0};
    if (const auto stats = bench::look_at(process)) time += stats->cpu_time;
    const std::string number = std::to_string(process);
    std::ifstream children("/proc/" + number + "/task/" + number + "/children");
    for (pid_t child = 0; children >> child;) time += cpu_time_of_family(child);
    return time;
}

}  // namespace six::speed
