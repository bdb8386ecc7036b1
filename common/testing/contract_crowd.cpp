// The contract: SIGTERM while 5,000 requests are in flight. What holds for one must hold
// for each of them. Read first: contract_shutdown.cpp.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <span>

#include "common/testing/contract.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;

namespace {

/// How many clients can wait to be accepted: as many as the system allows and the server
/// asks for, with some room left.
std::size_t length_of_line() {
    std::size_t allowed = 0;
    if (!(std::ifstream("/proc/sys/net/core/somaxconn") >> allowed)) return room_in_line;
    constexpr std::size_t asked_for = 4'096;
    return std::min(allowed, asked_for) * 9 / 10;
}

/// Clients that have sent their heads, all of them in service. (Chapter 01 takes one in and
/// lets the others wait in line.)
std::vector<Client> crowd_of_heads(const Server& server) {
    const bool all_at_once = server_keeps_alive();
    const std::size_t count = all_at_once ? 5'000 : length_of_line();
    allow_descriptors(count);
    std::vector<Client> clients;
    clients.reserve(count);
    while (clients.size() < count) {
        clients.push_back(server.connect());
        clients.back().send(post_head(5, expect_continue));
        if (all_at_once && clients.size() % room_in_line == 0)
            for (Client& client : std::span(clients).last(room_in_line))
                client.read_continue();
    }
    if (!all_at_once) clients.front().read_continue();
    return clients;
}

}  // namespace

TEST_CASE("5,000 clients that never send their bodies are cut off in the end",
          "[contract][shutdown][5000][crowd]") {
    SIX_NEEDS_OWN_SERVER();
    Server server({"--drain-timeout", "0.3"});
    std::vector<Client> clients = crowd_of_heads(server);
    server.signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == Exit{0});
    for (Client& client : clients) client.read_end();  // throws if an answer comes
}

TEST_CASE("5,000 requests in flight are all finished before the server ends",
          "[contract][shutdown][keep-alive][5000][crowd]") {
    SIX_NEEDS_OWN_SERVER();
    SIX_NEEDS_KEEP_ALIVE();
    // In memory: not 5,000 waits for a disk.
    Server server({"--drain-timeout", "600", "--database", ":memory:"});
    std::vector<Client> clients = crowd_of_heads(server);
    server.signal(SIGTERM);
    wait_until("new connections to be refused",
               [&] { return refuses_connections(server.address()); });
    for (Client& client : clients) client.send("hello");
    std::size_t finished = 0;
    for (Client& client : clients) {
        const Response response = client.read_response();
        if (response.status == 200 && response.says_close()) ++finished;
        client.read_end();  // throws if more comes
        client.close();
    }
    CHECK(finished == clients.size());
    CHECK(server.process().wait_for_exit() == Exit{0});
}
