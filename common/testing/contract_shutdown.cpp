// The contract: SIGTERM and SIGINT. What is in flight is finished, the rest ends at once,
// and nobody can keep the server alive for longer than its drain timeout.
#include <csignal>

#include "common/testing/contract.hpp"
#include "common/testing/files.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;

namespace {

/// So long that no test could pass by waiting for it.
const std::vector<std::string> drain_for_long{"--drain-timeout", "600"};

void wait_until_refused(const Server& server) {
    wait_until("new connections to be refused",
               [&] { return refuses_connections(server.address()); });
}

/// A client whose request is in flight for sure: a handler has asked for its body.
Client start_request(const Server& server, std::string_view more_fields = {}) {
    Client client = server.connect();
    client.send(post_head(5, std::string(expect_continue).append(more_fields)));
    client.read_continue();
    return client;
}

/// The client has sent "hello" and more, and the server was told to end: it must answer
/// that one request, and neither answer nor save what followed it.
void check_dropped(Server& server, Client& client) {
    const Response response = client.read_response();
    CHECK(response.status == 200);
    CHECK(response.says_close());
    CHECK(client.read_until_end() == "");  // throws at a reset
    client.close();
    CHECK(server.process().wait_for_exit() == Exit{0});
    server.restart();
    const std::int64_t pk = pk_in(response.body);
    CHECK(find(server, pk) == "hello");
    CHECK_FALSE(find(server, pk + 1));
}

}  // namespace

TEST_CASE("a signal ends a server that nobody talks to", "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    for (const int signal : {SIGTERM, SIGINT}) {
        Server server(drain_for_long);
        server.signal(signal);
        CHECK(server.process().wait_for_exit() == Exit{0});
        CHECK(refuses_connections(server.address()));
        CHECK(server.process().stderr_text() == "");
    }
}

TEST_CASE("a signal ends a server that has served clients", "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    Server server(drain_for_long);
    for (int i = 0; i < 5; ++i) save(server, "an item");
    server.signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == Exit{0});
}

TEST_CASE("a request in flight is finished before the server ends",
          "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    for (const int signal : {SIGTERM, SIGINT}) {
        Server server(drain_for_long);
        Client client = start_request(server);
        server.signal(signal);
        wait_until_refused(server);  // so the server has noticed the signal
        client.send("hello");
        const Response response = client.read_response();
        CHECK(response.status == 200);
        CHECK(response.says_close());
        CHECK(client.read_until_end() == "");
        client.close();
        CHECK(server.process().wait_for_exit() == Exit{0});
        server.restart();
        CHECK(find(server, pk_in(response.body)) == "hello");
    }
}

TEST_CASE("a save that is under way is finished before the server ends",
          "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    std::vector<std::string> options = drain_for_long;
    options.insert(options.end(), {"--save-delay", "300"});
    Server server(options);
    Client client = start_request(server);
    client.send("hello");
    server.signal(SIGTERM);  // before, in or after the save: its answer must come
    const Response response = client.read_response();
    CHECK(response.status == 200);
    client.close();
    CHECK(server.process().wait_for_exit() == Exit{0});
    server.restart();
    CHECK(find(server, pk_in(response.body)) == "hello");
}

TEST_CASE("a client that keeps its end open after the answer does not hold up the end",
          "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    Server server(drain_for_long);
    Client client = start_request(server);
    server.signal(SIGTERM);
    client.send("hello");
    CHECK(client.read_response().status == 200);
    CHECK(server.process().wait_for_exit() == Exit{0});  // and `client` is still there
    CHECK(client.read_until_end() == "");
}

TEST_CASE("a refused client that keeps its end open does not hold up the end",
          "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    Server server(drain_for_long);
    Client client = server.connect();
    client.send(post_head(1024 * 1024 + 1));
    check_error(client.read_response(), 413);
    server.signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == Exit{0});
}

TEST_CASE("a head that is not complete is not waited for", "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    Server server(drain_for_long);
    std::vector<Client> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(server.connect());
        if (i < 3) clients.back().send("POST /items HTTP/1.1\r\nHost: te");
    }
    // Whoever comes last is accepted last; if that one is served, all others are in.
    // (Chapter 01 accepts the first one only, and lets the others wait outside.)
    if (server_keeps_alive()) check_alive(server);
    server.signal(SIGTERM);
    for (Client& client : clients) client.read_end();  // throws if an answer comes
    CHECK(server.process().wait_for_exit() == Exit{0});
}

TEST_CASE("an idle connection is closed at once", "[contract][shutdown][keep-alive]") {
    SIX_NEEDS_OWN_SERVER();
    SIX_NEEDS_KEEP_ALIVE();
    Server server(drain_for_long);
    Client idle = server.connect();
    idle.send(get("/health"));
    CHECK(idle.read_response().status == 200);
    Client in_flight = start_request(server);
    server.signal(SIGTERM);
    CHECK(idle.read_end() == Client::End::closed);  // while the other one is not done
    in_flight.send("hello");
    CHECK(in_flight.read_response().status == 200);
    in_flight.close();
    CHECK(server.process().wait_for_exit() == Exit{0});
}

TEST_CASE("what follows a request in flight on its connection is dropped",
          "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    Server server(drain_for_long);
    Client client = start_request(server);
    server.signal(SIGTERM);
    wait_until_refused(server);
    client.send("hello" + get("/health") + post("never saved"));
    check_dropped(server, client);
}

TEST_CASE("what comes together with a request in flight, or while it is saved, is dropped",
          "[contract][shutdown][keep-alive][awake]") {
    SIX_NEEDS_OWN_SERVER();
    const TemporaryDirectory directory;
    const std::string trace = directory.file("trace.json");
    std::vector<std::string> options = drain_for_long;
    options.insert(options.end(), {"--trace", trace, "--save-delay", "1500"});
    Server server(options);
    Client client = server.connect();
    const std::string others = get("/health") + post("never saved");
    const bool together = GENERATE(true, false);
    client.send(post("hello") + (together ? others : ""));
    wait_until("the save to be under way", [&] {
        return read_file(trace).find("waiting for database") != std::string::npos;
    });
    server.signal(SIGTERM);              // more than a second before that save is over
    if (!together) client.send(others);  // not even read, and yet no reset: RFC 9112, 9.6
    check_dropped(server, client);
}

TEST_CASE("the listener closes at the first signal, while a request is in flight",
          "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    Server server(drain_for_long);
    Client client = start_request(server);
    server.signal(SIGTERM);
    wait_until_refused(server);
    CHECK(server.process().running());
    client.send("hello");
    CHECK(client.read_response().status == 200);
}

TEST_CASE("clients that never send their bodies are cut off in the end",
          "[contract][shutdown][crowd]") {
    SIX_NEEDS_OWN_SERVER();
    Server server({"--drain-timeout", "0.3"});
    SlowClients clients{server.address(), 100};
    clients.wait_until_in_service(server_keeps_alive() ? clients.size() : 1);
    server.signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == Exit{0});
    for (std::size_t i = 0; i < clients.size(); ++i)
        clients.client(i).read_end();  // throws if an answer comes
}

TEST_CASE("a client that does not read its answer is cut off in the end",
          "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    Server server({"--drain-timeout", "0.3"});
    const std::int64_t pk = save(server, std::string(1024 * 1024, 'x'));
    Client client{server.address(), {.receive_buffer_bytes = 4096}};
    client.send(get(item_path(pk)));
    client.read_bytes(1);  // the answer is under way, and more than the kernel can hold
    server.signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == Exit{0});
}

TEST_CASE("a drain timeout of zero cuts at once", "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    Server server({"--drain-timeout", "0"});
    Client client = start_request(server);
    server.signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == Exit{0});
    client.read_end();
}

TEST_CASE("a second signal ends the server at once", "[contract][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    const std::pair<int, int> pairs[] = {
        {SIGTERM, SIGINT}, {SIGINT, SIGTERM}, {SIGTERM, SIGTERM}, {SIGINT, SIGINT}};
    for (const auto& [first, second] : pairs) {
        INFO("signals " << first << " and " << second);
        Server server(drain_for_long);
        Client client = start_request(server);
        server.signal(first);
        wait_until_refused(server);  // so the first one has been handled
        server.signal(second);
        const Exit exit = server.process().wait_for_exit();
        INFO(exit);
        const bool died_of_it = exit.signal == second;
        const bool ended_by_itself = exit.signal == 0;
        CHECK((died_of_it || ended_by_itself));
        client.read_end();
    }
}
