#include "bench/machine.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <string>

namespace six::bench {

namespace {

/// What stands after `name` and `separator` in the first line of a file that begins so.
std::string value_in(const char* file, const std::string& name, char separator) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(name)) continue;
        const std::size_t begin = line.find_first_not_of(" \t\"", line.find(separator) + 1);
        const std::size_t end = line.find_last_not_of(" \t\"");
        return begin > end ? "" : line.substr(begin, end - begin + 1);
    }
    return {};
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    char text[11];
    std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&now));
    return text;
}

std::string system_name() {
    utsname name{};
    if (::uname(&name) != 0) return {};
    std::string text = std::string(name.sysname) + " " + name.release + " " + name.machine;
    const std::string distribution = value_in("/etc/os-release", "PRETTY_NAME", '=');
    return distribution.empty() ? text : text + ", " + distribution;
}

std::string compiler_name() {
#if defined(__clang__)
    std::string text = "clang " __clang_version__;
#elif defined(__GNUC__)
    std::string text = "g++ " __VERSION__;
#else
    std::string text = "another compiler";
#endif
    return text + ", " SIX_BUILD_TYPE;
}

double memory_gib() {
    const double pages = static_cast<double>(::sysconf(_SC_PHYS_PAGES));
    return pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024 * 1024);
}

}  // namespace

MachineInfo describe_machine() {
    MachineInfo machine;
    machine.date = today();
    machine.cpu = value_in("/proc/cpuinfo", "model name", ':');
    machine.cores = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
    machine.memory_gib = memory_gib();
    machine.system = system_name();
    machine.compiler = compiler_name();
    machine.kernel_stack_kib = kernel_stack_kib();
    return machine;
}

Allowed look_at_limits() {
    constexpr std::size_t other_descriptors = 64;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const auto descriptors =
        static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur, 1'000'000));

    std::size_t first = 49'152;  // without /proc: the range of RFC 6335
    std::size_t last = 65'535;
    std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first >> last;
    return {descriptors - std::min(descriptors, other_descriptors), last - first + 1};
}

}  // namespace six::bench
