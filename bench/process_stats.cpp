#include "bench/process_stats.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>

namespace six::bench {

namespace {

/// The number behind a name in a file of /proc, a name a line: "VmRSS:     5144 kB".
double number_behind(const std::string& name, const std::string& text) {
    const std::size_t at = text.find("\n" + name + ":");
    if (at == std::string::npos) return 0;
    return std::strtod(text.c_str() + at + 1 + name.size() + 1, nullptr);
}

std::string content(const std::string& file) {
    std::ifstream in(file);
    std::string text = "\n";
    text.append(std::istreambuf_iterator<char>(in), {});
    return text;
}

std::chrono::nanoseconds cpu_time([[maybe_unused]] pid_t process) {
#if defined(_POSIX_CPUTIME) && _POSIX_CPUTIME >= 0
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(process, &clock) != 0) return {};
    if (::clock_gettime(clock, &time) != 0) return {};
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
#else
    return {};
#endif
}

}  // namespace

Memory growth(const Memory& earlier, const Memory& later) {
    const auto more = [](double before, double now) { return std::max(0.0, now - before); };
    return {more(earlier.resident, later.resident),
            more(earlier.anonymous, later.anonymous),
            more(earlier.page_tables, later.page_tables),
            more(earlier.kernel_stacks, later.kernel_stacks)};
}

double kernel_stack_kib() {
    const double stacks = number_behind("KernelStack", content("/proc/meminfo"));
    const std::string load = content("/proc/loadavg");  // 0.20 0.18 0.12 1/80 11206
    const std::size_t slash = load.find('/');
    if (stacks <= 0 || slash == std::string::npos) return 0;
    const double threads = std::strtod(load.c_str() + slash + 1, nullptr);
    return std::exp2(std::round(std::log2(stacks / std::max(1.0, threads))));
}

std::chrono::nanoseconds busy_time_of_machine() {
    std::ifstream stat("/proc/stat");
    std::string cpu;
    double user = 0, nice = 0, system = 0, idle = 0, io = 0, irq = 0, soft = 0, stolen = 0;
    stat >> cpu >> user >> nice >> system >> idle >> io >> irq >> soft >> stolen;
    const double ticks = user + nice + system + irq + soft + stolen;
    const std::chrono::duration<double> time(ticks /
                                             static_cast<double>(::sysconf(_SC_CLK_TCK)));
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time);
}

std::optional<ProcessStats> look_at(pid_t process) {
    static const double kernel_stack = kernel_stack_kib();
    const std::string status = content("/proc/" + std::to_string(process) + "/status");
    ProcessStats stats;
    stats.threads = static_cast<int>(number_behind("Threads", status));
    if (stats.threads == 0) return std::nullopt;
    stats.memory = {number_behind("VmRSS", status), number_behind("RssAnon", status),
                    number_behind("VmPTE", status), stats.threads * kernel_stack};
    stats.cpu_time = cpu_time(process);
    return stats;
}

}  // namespace six::bench
