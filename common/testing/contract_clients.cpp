// The contract: clients that are slow, leave halfway, or vanish. None of them may harm
// another.
#include "common/testing/contract.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;

namespace {

const std::string cut_head = "POST /items HTTP/1.1\r\nHost: te";
const std::string cut_body = post_head(100) + "not a hundred bytes";
const std::string cut_chunk =
    request("POST", "/items", "Transfer-Encoding: chunked\r\n") + "a\r\nhalf";

}  // namespace

// --- slow ---

TEST_CASE("a client may send byte by byte", "[contract][clients]") {
    const Server server;
    Client client = server.connect();
    client.send_in_pieces(post("slowly, slowly"), 1);
    const Response response = client.read_response();
    REQUIRE(response.status == 200);
    client.close();
    CHECK(find(server, pk_in(response.body)) == "slowly, slowly");
}

TEST_CASE("a chunked body may come byte by byte", "[contract][clients]") {
    const Server server;
    Client client = server.connect();
    client.send_in_pieces(post_chunked("slowly, slowly", {3}), 1);
    const Response response = client.read_response();
    REQUIRE(response.status == 200);
    client.close();
    CHECK(find(server, pk_in(response.body)) == "slowly, slowly");
}

TEST_CASE("a client may read slowly", "[contract][clients]") {
    const Server server;
    const std::string bytes = bytes_of_all_values(1024 * 1024);
    const std::int64_t pk = save(server, bytes);
    Client client{server.address(), {.receive_buffer_bytes = 4096}};
    client.send(request("GET", item_path(pk), connection_close));
    // The kernel can't hold all of it: the server waits in the middle of its answer.
    constexpr std::size_t piece_bytes = 1'000;
    std::string received;
    while (received.size() + piece_bytes <= bytes.size())
        received += client.read_bytes(piece_bytes);
    received += client.read_until_end();
    const bool whole = received.ends_with(bytes);
    CHECK(whole);
}

// --- half-closed ---

TEST_CASE("a client that sends no more still gets its answer", "[contract][clients]") {
    const Server server;
    for (const std::string& text :
         {post("the last thing I say"), get("/health"), post_chunked("in chunks", {4})}) {
        Client client = server.connect();
        client.send(text);
        client.half_close();
        CHECK(client.read_response().status == 200);
        CHECK(client.read_until_end() == "");
    }
}

TEST_CASE("a client that says nothing and leaves gets nothing", "[contract][clients]") {
    const Server server;
    Client client = server.connect();
    client.half_close();
    CHECK(client.read_until_end() == "");
    check_alive(server);
}

TEST_CASE("a request that is cut off is refused and not saved", "[contract][clients]") {
    const Server server;
    const std::int64_t before = save(server, "before");
    for (const std::string& text : {cut_head, cut_body, cut_chunk}) {
        Client client = server.connect();
        client.send(text);
        client.half_close();
        check_error(client.read_response(), 400);
        CHECK(client.read_until_end() == "");
    }
    if (!subject().running) CHECK(find(server, before + 1) == std::nullopt);
}

// --- vanished ---

TEST_CASE("clients that vanish at any point leave the server alive",
          "[contract][clients]") {
    const Server server;
    const std::int64_t before = save(server, "before");
    for (const std::string& text :
         {std::string(), cut_head, cut_body, cut_chunk, post_head(100, expect_continue),
          get(item_path(before))}) {
        for (const bool with_reset : {false, true}) {
            Client client = server.connect();
            client.send(text);
            if (with_reset) client.reset();
        }
    }
    check_alive(server);
    CHECK(find(server, before) == "before");
}

TEST_CASE("a client that vanishes in the middle of its answer leaves the server alive",
          "[contract][clients]") {
    const Server server;
    const std::int64_t pk = save(server, std::string(1024 * 1024, 'x'));
    for (int i = 0; i < 5; ++i) {
        Client client{server.address(), {.receive_buffer_bytes = 4096}};
        client.send(get(item_path(pk)));
        client.read_bytes(100);  // the answer is under way
        if (i % 2 == 0) client.reset();
    }
    check_alive(server);
}

TEST_CASE("a client that vanishes after 100 Continue leaves the server alive",
          "[contract][clients][expect]") {
    const Server server;
    for (int i = 0; i < 5; ++i) {
        Client client = server.connect();
        client.send(post_head(100, expect_continue));
        client.read_continue();
        client.send("half of it");
        if (i % 2 == 0) client.reset();
    }
    check_alive(server);
}

TEST_CASE("hundreds of connections that come and go leave the server alive",
          "[contract][clients]") {
    const Server server;
    for (int i = 0; i < 300; ++i) {
        Client client = server.connect();
        if (i % 3 == 0) client.send(cut_head);
        if (i % 2 == 0) client.reset();
    }
    check_alive(server);
}

TEST_CASE("connections that are gone hold no descriptors", "[contract][clients]") {
    SIX_NEEDS_OWN_SERVER();
    Server server;
    check_alive(server);
    // What the server itself opens when it first saves and finds is not its clients'.
    const std::int64_t pk = save(server, "item");
    REQUIRE(ask(server, get("/items/" + std::to_string(pk))).status == 200);
    if (!server.process().open_descriptors()) SIX_SKIP("this system has no /proc");
    const long before = *server.process().open_descriptors();
    for (int i = 0; i < 50; ++i) {
        Client client = server.connect();
        client.send(i % 2 == 0 ? cut_head : get("/health"));
        if (i % 2 == 0)
            client.reset();
        else
            client.read_response();
    }
    wait_until("the server to close what its clients closed",
               [&] { return *server.process().open_descriptors() <= before; });
}
