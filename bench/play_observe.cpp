#include "bench/play_observe.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>
#include <utility>

#include "bench/play_sockets.hpp"

#if defined(__linux__) && !defined(SIX_PORTABLE)
#include <sys/syscall.h>
#define SIX_CAN_LOOK 1
#endif

namespace six::play {

namespace {

namespace fs = std::filesystem;

/// The calls that we can tell apart; their numbers differ from one processor to another.
const std::map<long, Call>& known_calls() {
    static const std::map<long, Call> calls = {
#ifdef SIX_CAN_LOOK
        {SYS_recvfrom, Call::recv},
        {SYS_ppoll, Call::poll},
        {SYS_epoll_pwait, Call::epoll_wait},
        {SYS_futex, Call::futex},
        {SYS_nanosleep, Call::sleep},
        {SYS_clock_nanosleep, Call::sleep},
        {SYS_fsync, Call::disk},
        {SYS_fdatasync, Call::disk},
#ifdef SYS_epoll_pwait2
        {SYS_epoll_pwait2, Call::epoll_wait},
#endif
#ifdef SYS_poll
        {SYS_poll, Call::poll},
#endif
#ifdef SYS_epoll_wait
        {SYS_epoll_wait, Call::epoll_wait},
#endif
#endif
    };
    return calls;
}

std::string read_line(const fs::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

/// How often this thread has gone to sleep of its own will.
long sleeps_of(const fs::path& task) {
    const std::string name = "voluntary_ctxt_switches:";
    std::ifstream in(task / "status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(name)) return std::stol(line.substr(name.size()));
    return 0;
}

/// The number of the socket behind a process's descriptor.
unsigned long inode_of(const fs::path& process, int fd) {
    std::error_code error;
    const std::string target =
        fs::read_symlink(process / "fd" / std::to_string(fd), error).string();
    unsigned long inode = 0;
    return std::sscanf(target.c_str(), "socket:[%lu]", &inode) == 1 ? inode : 0;
}

/// Whose socket it is.
std::optional<Who> owner(const std::array<std::optional<OtherEnd>, 2>& ends,
                         unsigned long inode) {
    for (std::size_t i = 0; i < ends.size(); ++i)
        if (inode != 0 && ends[i] && ends[i]->inode == inode) return both[i];
    return std::nullopt;
}

}  // namespace

std::optional<SystemCall> parse_system_call(const std::string& text) {
    if (text == "running") return SystemCall{};
    long number = 0;
    unsigned long argument = 0;
    const int read = std::sscanf(text.c_str(), "%ld %lx", &number, &argument);
    if (read < 1) return std::nullopt;
    const auto known = known_calls().find(number);
    if (read < 2 || known == known_calls().end()) return SystemCall{Call::other, -1};
    const bool about_socket = known->second == Call::recv;
    return SystemCall{known->second, about_socket ? static_cast<int>(argument) : -1};
}

Look look_at(pid_t pid, const std::array<int, 2>& clients) {
    Look look;
    const fs::path process = "/proc/" + std::to_string(pid);
    std::array<std::optional<OtherEnd>, 2> ends;
    bool shown = true;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        if (clients[i] < 0) continue;
        ends[i] = find_other_end(clients[i]);
        if (ends[i])
            look.lines[i] = Line{ends[i]->inode != 0, ends[i]->unread, ends[i]->unsent};
        else  // closed by the server, or we are not allowed to see it
            shown = shown && !hides_sockets(clients[i]);
    }
    std::error_code ended;  // the process, or one of its threads, while we look
    for (fs::directory_iterator task(process / "task", ended), end; !ended && task != end;
         task.increment(ended)) {
        const auto call = parse_system_call(read_line(task->path() / "syscall"));
        if (call) look.shows_calls = shown && !known_calls().empty();
        Thread thread{call.value_or(SystemCall{}).call};
        if (thread.call == Call::recv) thread.on = owner(ends, inode_of(process, call->fd));
        // A sanitizer's own thread naps all the time, and means nothing by it.
        if (thread.call != Call::sleep) thread.sleeps = sleeps_of(task->path());
        look.threads.push_back(thread);
    }
    return look;
}

}  // namespace six::play
