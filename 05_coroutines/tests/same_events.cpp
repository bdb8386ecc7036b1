// Callbacks (03), a state machine (04) and coroutines (05, ours and Asio's) are three ways
// to write one and the same thing: the same clients leave the same events in the same
// order.
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"
#include "common/trace/summary.hpp"

using namespace six::testing;

namespace {

using Event = std::string;  // "2 waiting for body": a request, and the state it enters

/// Sends the head of a POST, and waits until a handler asks for the body.
Client in_service(const Address& server) {
    Client client(server);
    client.send(
        "POST /items HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n"
        "Content-Length: 4\r\n\r\n");
    client.read_continue();
    return client;
}

/// Two clients whose requests overlap. The second one is released first; then the first one
/// asks for something else on its connection.
void two_overlapping_requests(const Address& server) {
    Client first = in_service(server);
    Client second = in_service(server);
    for (Client* client : {&second, &first}) {
        client->send("item");
        CHECK(client->read_response().status == 200);
    }
    first.send("GET /items/1 HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    CHECK(first.read_response().status == 200);
    CHECK(first.read_until_end().empty());
}

std::vector<Event> events_of(const std::string& program) {
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    const auto bin = std::filesystem::path(SIX_SERVER_PATH).parent_path();
    ServerProcess server =
        start_server((bin / program).string(), {"--database", ":memory:", "--trace", file});
    two_overlapping_requests(server.address());
    server.signal(SIGTERM);
    REQUIRE(server.wait_for_exit() == Exit{0});

    std::vector<Event> events;
    for (const six::trace::Entry& entry : six::trace::read(file))
        events.push_back(std::to_string(entry.request) + " " +
                         six::trace::name(entry.state));
    return events;
}

}  // namespace

TEST_CASE("callbacks, a state machine and coroutines leave the same events",
          "[05][trace]") {
    const std::vector<Event> callbacks = events_of("03_callbacks");
    CHECK(callbacks.size() > 20);
    CHECK(events_of("04_event_loop") == callbacks);
    CHECK(events_of("05_coroutines") == callbacks);
    CHECK(events_of("05_on_asio") == callbacks);
}
