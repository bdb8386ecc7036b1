// The contract: a client that is refused while it may still be sending. It must be able to
// read why, so the server goes on taking bytes and throws them away, but only so many, and
// not for longer than a second: nobody keeps a descriptor by being refused.
#include "common/testing/contract.hpp"

using namespace six::testing;

namespace {

constexpr std::size_t too_large_bytes = 1024 * 1024 + 1;

/// A client whose body was refused before it sent any of it. It keeps its end open.
Client refused_client(const Server& server) {
    Client client = server.connect();
    client.send(post_head(too_large_bytes));
    check_error(client.read_response(), 413);
    return client;
}

/// How many descriptors the server has open while it has no client. Nothing: one can't see
/// it here.
std::optional<long> descriptors_at_rest(Server& server) {
    if (subject().postgres)
        wait_until("both its connections to PostgreSQL", [&] {
            return ask(server, request("GET", "/metrics", connection_close))
                       .body.find("\nsix_database_connections 2\n") != std::string::npos;
        });
    // What it opens when it first saves and finds is its own.
    for (const std::string& text : {post("an item", connection_close),
                                    request("GET", "/items/1", connection_close)}) {
        Client client = server.connect();
        client.send(text);
        client.read_response();
        client.read_end();  // from then on the server has closed its descriptor
    }
    return server.process().open_descriptors();
}

}  // namespace

TEST_CASE("the server ends the connection first, also when the client keeps its end open",
          "[contract][reuse]") {
    const Server server;
    Client client = server.connect();
    client.send(post_head(1024 * 1024 + 1));  // and the body never comes
    check_error(client.read_response(), 413);
    CHECK(client.read_until_end() == "");
    check_alive(server);  // even a server for one client at a time: it has let go
}

TEST_CASE("a client that keeps sending can read why it was refused", "[contract][reuse]") {
    const Server server;
    const std::string too_much(3 * 1024 * 1024, 'x');
    for (const std::string& text :
         {post(too_much), post_chunked(too_much, {64 * 1024}),
          request("POST", "/nothing", "Content-Length: 3145728\r\n") + too_much}) {
        Client client = server.connect();
        client.send(text);  // all of it: the server discards the rest
        const Response response = client.read_response();
        check_error(response, text.starts_with("POST /nothing") ? 404 : 413);
        CHECK(response.says_close());
        CHECK(client.read_until_end() == "");
    }
}

TEST_CASE("a client that sends for ever is cut off in the end", "[contract][reuse]") {
    const Server server;
    Client client = server.connect();
    client.send(post_head(1'000'000'000));
    const std::string piece(1024 * 1024, 'x');
    const Deadline deadline;
    std::size_t mebibytes = 0;
    while (client.try_send(piece)) {
        ++mebibytes;
        if (deadline.over())
            deadline.fail("the server to cut off a client that keeps sending");
    }
    // A bound of bytes has cut it off, and what the kernel keeps for both sides. In a
    // second, which is the other bound, it would have sent far more.
    CHECK(mebibytes < 64);
    check_alive(server);
}

// --- and lets go of it ---

TEST_CASE("a refused client that keeps its end open keeps no descriptor",
          "[contract][reuse]") {
    SIX_NEEDS_OWN_SERVER();
    Server server;
    const auto before = descriptors_at_rest(server);
    if (!before) SIX_SKIP("this system has no /proc");
    const Client client = refused_client(server);  // and is silent from now on
    wait_until("the server to let go of a client that is silent",
               [&] { return *server.process().open_descriptors() <= *before; });
}

TEST_CASE("a refused client that sends a byte now and then gets no longer for it",
          "[contract][reuse]") {
    const Server server;
    Client client = refused_client(server);
    const Deadline deadline;  // much longer than it gets, unless each byte renews it
    while (client.try_send("x")) {
        if (deadline.over()) deadline.fail("the server to let go of a client that drips");
        pause_between_looks();
    }
    check_alive(server);
}
