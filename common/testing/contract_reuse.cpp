// The contract: when a connection is used again, when not, and how it ends. The bytes of a
// body that nobody read must never become the next request (request smuggling), and a
// client that is refused while it sends must be able to read why.
#include "common/testing/contract.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;

namespace {

/// A request that would be answered, if the server took it for one.
const std::string smuggled = get("/health");

/// Checks that the bytes get one answer of that status, which says that the connection
/// closes, and that the server then closes it.
void check_one_answer(const Server& server, const std::string& bytes, int status) {
    INFO(bytes.substr(0, 200));
    Client client = server.connect();
    client.send(bytes);
    const Response response = client.read_response();
    CHECK(response.status == status);
    CHECK(response.says_close());
    CHECK(client.read_until_end() == "");
}

}  // namespace

// --- the end of a connection ---

TEST_CASE("a client that asks for it gets its connection closed", "[contract][reuse]") {
    const Server server;
    check_one_answer(server, request("GET", "/health", connection_close), 200);
    check_one_answer(server, post("hello", "Connection: CLOSE\r\n"), 200);
    check_one_answer(server, request("GET", "/health", "Connection: foo, close\r\n"), 200);
}

TEST_CASE("after Connection close nothing is answered", "[contract][reuse]") {
    const Server server;
    check_one_answer(server, request("GET", "/health", connection_close) + smuggled, 200);
}

TEST_CASE("a connection of HTTP 1.0 is closed after the answer", "[contract][reuse]") {
    const Server server;
    Client client = server.connect();
    client.send("GET /health HTTP/1.0\r\n\r\n");
    CHECK(client.read_response().status == 200);
    CHECK(client.read_until_end() == "");
}

TEST_CASE("a client of HTTP 1.0 needs no host and can save", "[contract][reuse]") {
    const Server server;
    const Response response =
        ask(server, "POST /items HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello");
    REQUIRE(response.status == 200);
    CHECK(find(server, pk_in(response.body)) == "hello");
}

TEST_CASE("a refused request ends its connection", "[contract][reuse]") {
    const Server server;
    check_one_answer(server, "GET /health HTTP/1.1\r\n\r\n" + smuggled, 400);
    check_one_answer(server, request("BREW", "/items") + smuggled, 501);
    check_one_answer(server, get("/" + std::string(9'000, 'a')) + smuggled, 414);
}

// --- bytes that nobody read ---

TEST_CASE("a body that nobody read never becomes the next request", "[contract][reuse]") {
    const Server server;
    const std::string length =
        "Content-Length: " + std::to_string(smuggled.size()) + "\r\n";
    const auto with_body = [&](const char* method, const char* path,
                               const std::string& more) {
        return request(method, path, length + more) + smuggled;
    };
    check_one_answer(server, with_body("POST", "/nothing", ""), 404);
    check_one_answer(server, with_body("PUT", "/items", ""), 405);
    check_one_answer(server, with_body("POST", "/health", ""), 405);
    check_one_answer(server, with_body("POST", "/items", "Expect: x\r\n"), 417);
    check_one_answer(server, with_body("GET", "/health", ""), 200);
}

TEST_CASE("chunks that nobody read never become the next request", "[contract][reuse]") {
    const Server server;
    for (const char* path : {"/nothing", "/health"}) {
        const int status = path == std::string("/nothing") ? 404 : 405;
        check_one_answer(server,
                         request("POST", path, "Transfer-Encoding: chunked\r\n") +
                             "0\r\n\r\n" + smuggled,
                         status);
    }
}

TEST_CASE("two lengths for one body are refused, whichever comes first",
          "[contract][reuse]") {
    const Server server;
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    for (const std::string& fields :
         {"Content-Length: 5\r\n" + chunked, chunked + "Content-Length: 5\r\n",
          std::string("Content-Length: 5\r\nContent-Length: 5\r\n"),
          std::string("Content-Length: 5\r\nContent-Length: 0\r\n"),
          std::string("Content-Length: 5, 5\r\n"), std::string("Content-Length: +5\r\n"),
          std::string("Content-Length: 0x5\r\n")})
        check_one_answer(server, request("POST", "/items", fields) + "0\r\n\r\n" + smuggled,
                         400);
}

TEST_CASE("a transfer coding that hides the end of the body is refused",
          "[contract][reuse]") {
    const Server server;
    const std::pair<const char*, int> rows[] = {
        {"gzip", 400},          {"chunked, gzip", 400}, {"chunked, chunked", 400},
        {"gzip, chunked", 501}, {"\vchunked", 400},     {"xchunked", 400}};
    for (const auto& [coding, status] : rows)
        check_one_answer(server,
                         request("POST", "/items",
                                 "Transfer-Encoding: " + std::string(coding) + "\r\n") +
                             "0\r\n\r\n" + smuggled,
                         status);
}

TEST_CASE("a length hidden by a malformed line is refused", "[contract][reuse]") {
    const Server server;
    for (const char* fields : {"Content-Length : 5\r\n", "A: b\r\n Content-Length: 5\r\n",
                               "A: b\rContent-Length: 5\r\n", "A: b\nContent-Length: 5\r\n",
                               "Content-Length: 5\r\r\n", "Content\tLength: 5\r\n"})
        check_one_answer(server, request("POST", "/items", fields) + smuggled, 400);
}

// --- connections that serve several requests ---

TEST_CASE("a server for one request per connection says so and closes",
          "[contract][reuse][one-request]") {
    if (server_keeps_alive()) SIX_SKIP_ALWAYS("this server keeps connections alive");
    const Server server;
    check_one_answer(server, get("/health"), 200);
    check_one_answer(server, get("/health") + get("/health"), 200);
    check_one_answer(server, post("hello") + get("/health"), 200);
}

TEST_CASE("a connection serves one request after another",
          "[contract][reuse][keep-alive]") {
    SIX_NEEDS_KEEP_ALIVE();
    const Server server;
    Client client = server.connect();
    for (int i = 0; i < 10; ++i) {
        const std::string text = "item " + std::to_string(i);
        client.send(post(text));
        const Response saved = client.read_response();
        REQUIRE(saved.status == 200);
        CHECK_FALSE(saved.says_close());
        client.send(get(item_path(pk_in(saved.body))));
        CHECK(client.read_response().body == text);
    }
}

TEST_CASE("pipelined requests are answered in their order",
          "[contract][reuse][keep-alive]") {
    SIX_NEEDS_KEEP_ALIVE();
    const Server server;
    Client client = server.connect();
    std::string requests;
    for (int i = 0; i < 50; ++i)
        requests += post("item " + std::to_string(i)) + get("/health");
    client.send(requests);
    std::int64_t last = 0;
    for (int i = 0; i < 50; ++i) {
        const std::int64_t pk = pk_in(client.read_response().body);
        CHECK(pk > last);
        last = pk;
        CHECK(client.read_response().body == "{\"status\":\"ok\"}");
    }
}

TEST_CASE("a pipelined request may ask for what the one before it saved",
          "[contract][reuse][keep-alive]") {
    SIX_NEEDS_KEEP_ALIVE();
    const Server server;
    const std::int64_t next = save(server, "to learn the next id") + 1;
    Client client = server.connect();
    client.send(post("in a row") + get(item_path(next)));
    REQUIRE(client.read_response().status == 200);
    CHECK(client.read_response().body == "in a row");
}

TEST_CASE("pipelined requests may be cut anywhere", "[contract][reuse][keep-alive]") {
    SIX_NEEDS_KEEP_ALIVE();
    const Server server;
    Client client = server.connect();
    const std::string requests = post("one") + post_chunked("two", {1}) + get("/health");
    client.send_in_pieces(requests + requests + requests, 7);
    for (int i = 0; i < 9; ++i) CHECK(client.read_response().status == 200);
}

TEST_CASE("requests that follow a half-closed connection's last byte are all answered",
          "[contract][reuse][keep-alive]") {
    SIX_NEEDS_KEEP_ALIVE();
    const Server server;
    Client client = server.connect();
    client.send(post("one") + post("two") + get("/health"));
    client.half_close();
    for (int i = 0; i < 3; ++i) CHECK(client.read_response().status == 200);
    CHECK(client.read_until_end() == "");
}

TEST_CASE("an error that leaves no byte unread keeps the connection",
          "[contract][reuse][keep-alive]") {
    SIX_NEEDS_KEEP_ALIVE();
    const Server server;
    Client client = server.connect();
    client.send(get("/nothing") + request("DELETE", "/items") + get("/health"));
    check_error(client.read_response(), 404);
    check_error(client.read_response(), 405);
    CHECK(client.read_response().status == 200);
}

TEST_CASE("an answer without a body keeps the connection in step",
          "[contract][reuse][keep-alive]") {
    SIX_NEEDS_KEEP_ALIVE();
    const Server server;
    Client client = server.connect();
    client.send(request("HEAD", "/health") + get("/health"));
    CHECK(client.read_response_to_head().status == 200);
    CHECK(client.read_response().body == "{\"status\":\"ok\"}");
}

TEST_CASE("a connection that kept its promise of 100 Continue is used again",
          "[contract][reuse][keep-alive][expect]") {
    SIX_NEEDS_KEEP_ALIVE();
    const Server server;
    Client client = server.connect();
    for (int i = 0; i < 3; ++i) {
        client.send(post_head(5, expect_continue));
        client.read_continue();
        client.send("hello");
        CHECK(client.read_response().status == 200);
    }
}

TEST_CASE("a client of HTTP 1.0 that asks for it may go on",
          "[contract][reuse][keep-alive]") {
    SIX_NEEDS_KEEP_ALIVE();
    const Server server;
    Client client = server.connect();
    client.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const Response response = client.read_response();
    REQUIRE(response.status == 200);
    if (response.field("Connection") != "keep-alive") {
        CHECK(client.read_until_end() == "");  // allowed as well: RFC 9112, section 9.3
        return;
    }
    client.send("GET /health HTTP/1.0\r\n\r\n");
    CHECK(client.read_response().status == 200);
}
