// The event loop at its barest: ask who is ready, make calls that don't block. It sends
// back what each client says, to all of them at once, on one thread. It lacks timers, a way
// in for other threads, callbacks: read next event_loop.hpp.
// Run it: `./course run 04 bare_loop [PORT [epoll|poll]]`, then connect from several
// terminals (`nc 127.0.0.1 PORT`).
#include <array>
#include <string>
#include <unordered_map>

#include "01_blocking/socket.hpp"
#include "04_event_loop/nonblocking.hpp"
#include "04_event_loop/poller.hpp"
#include "common/options.hpp"

using namespace six;

struct Client {
    UniqueFd socket;
    std::string unsent;
};
using Clients = std::unordered_map<int, Client>;

// #region echo
/// Sends and receives until one of the two would block, and tells the poller which. False:
/// the client is gone. (A client that never pauses holds up everybody else.)
static bool echo(Client& client, Poller& poller) {
    const int fd = client.socket.get();
    std::array<char, 4096> buffer;
    while (true) {
        const bool sending = !client.unsent.empty();
        const auto result = sending ? try_send(fd, client.unsent) : try_receive(fd, buffer);
        if (result.status == IoResult::Status::closed) return false;
        if (result.status == IoResult::Status::would_block) {
            poller.arm(fd, {.read = !sending, .write = sending});
            return true;
        }
        if (sending)
            client.unsent.erase(0, result.bytes);
        else
            client.unsent.assign(buffer.data(), result.bytes);
    }
}
// #endregion

static void accept_all(int listener, Clients& clients, Poller& poller) {
    while (UniqueFd socket = accept_client(listener, Mode::non_blocking)) {
        const int fd = socket.get();
        poller.add(fd);
        poller.arm(fd, {.read = true});
        clients[fd] = {std::move(socket), {}};
    }
}

// #region loop
[[noreturn]] static void serve(int listener, Poller& poller) {
    Clients clients;
    poller.add(listener);
    poller.arm(listener, {.read = true});
    while (true) {
        // The only place where it waits.
        for (const Readiness& ready : poller.wait(Poller::for_ever)) {
            if (ready.fd == listener) {
                accept_all(listener, clients, poller);
            } else if (!echo(clients.at(ready.fd), poller)) {
                poller.remove(ready.fd);
                clients.erase(ready.fd);
            }
        }
    }
}
// #endregion

int main(int argc, char** argv) {
    return run_main("04_bare_loop", [&]() -> int {
        prepare_process();
        const int port = argc > 1 ? std::stoi(argv[1]) : 8080;
        const UniqueFd listener = listen_on("127.0.0.1", static_cast<std::uint16_t>(port));
        announce("127.0.0.1", local_port(listener.get()));
        serve(listener.get(), *make_poller(argc > 2 ? argv[2] : ""));
    });
}
