#include "bench/play_observe.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

#if defined(__linux__) && !defined(SIX_PORTABLE)
#include <sys/syscall.h>
#endif

namespace six::play {

namespace {

namespace fs = std::filesystem;

/// The calls that we can tell apart; their numbers differ from one processor to another.
const std::map<long, Call>& known_calls() {
    static const std::map<long, Call> calls = {
#if defined(__linux__) && !defined(SIX_PORTABLE)
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

std::string first_line(const fs::path& file) {
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

using Sockets = std::array<std::optional<Socket>, 2>;

Sockets find_sockets(const fs::path& process, std::uint16_t port, const Ports& clients) {
    Sockets found;
    for (const char* table : {"net/tcp", "net/tcp6"}) {
        std::ifstream in(process / table);
        for (std::string line; std::getline(in, line);) {
            const auto socket = parse_socket(line);
            if (!socket || socket->local_port != port) continue;
            for (std::size_t i = 0; i < found.size(); ++i)
                if (clients[i] == socket->remote_port) found[i] = socket;
        }
    }
    return found;
}

/// Whose socket it is.
std::optional<Who> owner(const Sockets& sockets, unsigned long inode) {
    for (std::size_t i = 0; i < sockets.size(); ++i)
        if (inode != 0 && sockets[i] && sockets[i]->inode == inode) return both[i];
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

std::optional<Socket> parse_socket(const std::string& line) {
    std::istringstream fields(line);
    std::string entry, local, remote, state, queues, timer, retransmits, user, timeout;
    Socket socket;
    fields >> entry >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
        timeout >> socket.inode;
    constexpr const char* established = "01";
    if (!fields || state != established) return std::nullopt;
    const auto number_after_colon = [](const std::string& text) {
        return std::stoul(text.substr(text.rfind(':') + 1), nullptr, 16);
    };
    socket.local_port = static_cast<std::uint16_t>(number_after_colon(local));
    socket.remote_port = static_cast<std::uint16_t>(number_after_colon(remote));
    socket.unsent = std::stoul(queues, nullptr, 16);
    socket.unread = number_after_colon(queues);
    return socket;
}

Look look_at(pid_t pid, std::uint16_t port, const Ports& clients) {
    Look look;
    const fs::path process = "/proc/" + std::to_string(pid);
    const Sockets sockets = find_sockets(process, port, clients);
    for (std::size_t i = 0; i < sockets.size(); ++i)
        if (sockets[i])
            look.lines[i] =
                Line{sockets[i]->inode != 0, sockets[i]->unread, sockets[i]->unsent};
    std::error_code ended;  // the process, or one of its threads, while we look
    for (fs::directory_iterator task(process / "task", ended), end; !ended && task != end;
         task.increment(ended)) {
        const auto call = parse_system_call(first_line(task->path() / "syscall"));
        if (call) look.shows_calls = !known_calls().empty();
        Thread thread{call.value_or(SystemCall{}).call};
        if (thread.call == Call::recv)
            thread.on = owner(sockets, inode_of(process, call->fd));
        // A sanitizer's own thread naps all the time, and means nothing by it.
        if (thread.call != Call::sleep) thread.sleeps = sleeps_of(task->path());
        look.threads.push_back(thread);
    }
    return look;
}

}  // namespace six::play
