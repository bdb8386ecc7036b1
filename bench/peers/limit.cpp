// The limit: what no server on this machine can beat. A bare epoll loop that answers the
// same bytes to whatever looks like the end of a request. It parses nothing, routes
// nothing, keeps nothing, has no deadlines and no limits: what is left is the kernel's
// price for a request on a socket.
// The servers of the course are measured against it (`./course bench`). Linux only.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 15\r\n"
    "\r\n"
    "{\"status\":\"ok\"}";

/// Ends the program if a call has failed: there is nobody to be kind to here.
int checked(const char* what, int result) {
    if (result >= 0) return result;
    std::perror(what);
    std::exit(1);
}

/// A listening socket on any free port of 127.0.0.1, which stdout tells.
int listen_somewhere() {
    const int listener = checked("socket", ::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    checked("bind", ::bind(listener, any, size));
    checked("listen", ::listen(listener, 4096));
    checked("getsockname", ::getsockname(listener, any, &size));
    std::printf("listening on 127.0.0.1:%d\n", ::ntohs(address.sin_port));
    std::fflush(stdout);
    return listener;
}

void watch(int poller, int socket, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = socket;
    checked("epoll_ctl", ::epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event));
}

/// Registered once and edge-triggered: a request costs one recv, one send, and its share of
/// one epoll_wait.
void greet(int poller, int listener) {
    const int client = ::accept(listener, nullptr, nullptr);
    if (client < 0) return;
    const int yes = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    watch(poller, client, EPOLLIN | EPOLLET);
}

/// Heads end with an empty line; a POST's body comes behind, and ends without one. An empty
/// line that is split over two packets is not seen; the load generator's requests fit into
/// one, or into two with their bodies apart.
std::size_t answers_due(std::string_view received) {
    constexpr std::string_view empty_line = "\r\n\r\n";
    if (!received.ends_with(empty_line)) return 1;
    if (received.starts_with("POST")) return 0;
    std::size_t count = 0;
    for (std::size_t at = 0; (at = received.find(empty_line, at)) != received.npos;
         at += empty_line.size())
        ++count;
    return count;
}

void serve(int client) {
    static std::array<char, 65536> buffer;
    const ssize_t count = ::recv(client, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count <= 0) {
        ::close(client);
        return;
    }
    const std::size_t due = answers_due({buffer.data(), static_cast<std::size_t>(count)});
    for (std::size_t i = 0; i < due; ++i)
        if (::send(client, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
}

}  // namespace

int main() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const int listener = listen_somewhere();
    const int poller = checked("epoll_create1", ::epoll_create1(0));
    watch(poller, listener, EPOLLIN);
    for (std::array<epoll_event, 1024> events;;) {
        const int ready = ::epoll_wait(poller, events.data(), events.size(), -1);
        for (int i = 0; i < ready; ++i) {
            const int socket = events[static_cast<std::size_t>(i)].data.fd;
            if (socket == listener) {
                greet(poller, listener);
            } else {
                serve(socket);
            }
        }
    }
}
