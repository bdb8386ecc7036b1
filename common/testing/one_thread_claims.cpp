#include "common/testing/one_thread_claims.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/files.hpp"
#include "common/testing/skip.hpp"
#include "common/testing/temporary_directory.hpp"

namespace six::testing {

namespace {

const std::string post =
    "POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nitem";

std::string get(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

/// A client that the server has accepted and answered. Twice: a new socket may stand in the
/// poller's list for longer than its first answer takes, and so before those who speak
/// first.
Client acquainted(const Address& server) {
    Client client(server);
    for (int i = 0; i < 2; ++i) {
        client.send(get("/health"));
        REQUIRE(client.read_response().status == 200);
    }
    return client;
}

/// How many requests have come to wait for the database, as far as the trace was written.
int saves_begun(const std::string& trace) {
    const std::string text = read_file(trace);
    const std::string begun = R"("name":"waiting for database")";
    int count = 0;
    for (std::size_t at = text.find(begun); at != std::string::npos;
         at = text.find(begun, at + 1))
        ++count;
    return count;
}

/// Afterwards the server waits for a body.
void announce_body(Client& client) {
    client.send(
        "POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 200\r\n"
        "Expect: 100-continue\r\n\r\n");
    client.read_continue();
}

}  // namespace

void check_slow_clients(const ServerProcess& server, const SlowClientsClaim& claim) {
    SIX_NEEDS_DESCRIPTORS(claim.clients);
    SlowClients slow = SlowClients::in_service(server.address(), claim.clients);
    if (const auto threads = server.threads()) CHECK(*threads == claim.threads);
    CHECK(answered_before_release(server.address()));
    CHECK_FALSE(slow.any_answered());
    CHECK(slow.release_all() == claim.clients);
}

bool answered_during_save(const Address& server) {
    // Both are known to the server already, the saver first: so that its request is seen
    // first.
    Client saver = acquainted(server);
    Client other = acquainted(server);
    saver.send(post);
    other.send(get("/items/1"));
    const int status = other.read_response().status;  // 200: the save was over before
    CHECK(saver.read_response().status == 200);
    return status == 404;
}

void check_full_queue(const Address& server) {
    std::array<Client, 3> clients{acquainted(server), acquainted(server),
                                  acquainted(server)};
    for (Client& client : clients) client.send(post);
    int saved = 0;
    int refused = 0;
    for (Client& client : clients) {
        const Response answer = client.read_response();
        saved += answer.status == 200;
        refused += answer.status == 503;
        client.send(get("/health"));
        CHECK(client.read_response().status == 200);
    }
    CHECK(saved >= 1);    // the one that a thread has taken, and the one in the queue,
    CHECK(refused >= 1);  // if the thread was quick enough to make room for it
    CHECK(saved + refused == 3);
}

void check_vanishing_clients(const std::string& program) {
    const TemporaryDirectory directory;
    const std::string trace = directory.file("trace.json");
    const ServerProcess server = start_server(
        program, {"--database", ":memory:", "--save-delay", "2000", "--trace", trace});
    Client closing(server.address());
    Client resetting(server.address());
    closing.send(post);
    resetting.send(post);
    wait_until("both saves to be under way", [&] { return saves_begun(trace) == 2; });
    closing.close();
    resetting.reset();

    Client observer(server.address());
    observer.send(get("/items/1"));
    CHECK(observer.read_response().status == 404);  // both went before a save was over
    wait_until("both items to be there", [&] {
        observer.send(get("/items/2"));
        return observer.read_response().status == 200;
    });
    observer.send(get("/health"));
    CHECK(observer.read_response().status == 200);
}

void check_client_memory(const ServerProcess& server, std::size_t clients,
                         const ClientMemory& most) {
    SIX_NEEDS_MEMORY_FIGURES();
    SIX_NEEDS_DESCRIPTORS(clients);
    Client first = acquainted(server.address());
    announce_body(first);
    const long before = server.resident_kib().value();
    const auto bytes_each = [&] {
        return (*server.resident_kib() - before) * 1024 / static_cast<long>(clients);
    };
    std::vector<Client> all;
    all.reserve(clients);
    while (all.size() < clients) all.push_back(acquainted(server.address()));
    CHECK(bytes_each() <= most.idle);
    for (Client& client : all) announce_body(client);
    CHECK(bytes_each() <= most.body_waited);
}

}  // namespace six::testing
