// The contract: Expect: 100-continue (RFC 9110, section 10.1.1). The interim answer is sent
// at the moment the handler asks for the body: never for what will be refused, never
// for 1.0.
#include "common/testing/contract.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;

TEST_CASE("a client that waits for 100 Continue gets it, and then its answer",
          "[contract][expect]") {
    const Server server;
    Client client = server.connect();
    client.send(post_head(5, expect_continue));
    client.read_continue();
    client.send("hello");
    const Response response = client.read_response();
    REQUIRE(response.status == 200);
    CHECK(response.interim.empty());  // there was one, and one only
    client.close();
    CHECK(find(server, pk_in(response.body)) == "hello");
}

TEST_CASE("100 Continue comes for a chunked body too", "[contract][expect]") {
    const Server server;
    Client client = server.connect();
    client.send(request("POST", "/items",
                        "Transfer-Encoding: chunked\r\n" + std::string(expect_continue)));
    client.read_continue();
    client.send("5\r\nhello\r\n0\r\n\r\n");
    CHECK(client.read_response().status == 200);
}

TEST_CASE("the expectation may be written in capitals", "[contract][expect]") {
    const Server server;
    Client client = server.connect();
    client.send(post_head(5, "EXPECT: 100-CONTINUE\r\n"));
    client.read_continue();
    client.send("hello");
    CHECK(client.read_response().status == 200);
}

TEST_CASE("a client that does not wait for 100 Continue is served", "[contract][expect]") {
    const Server server;
    const Response response = ask(server, post("hello", expect_continue));
    REQUIRE(response.status == 200);
    CHECK(response.interim.size() <= 1);
    CHECK(find(server, pk_in(response.body)) == "hello");
}

TEST_CASE("a client without the expectation gets no interim answer", "[contract][expect]") {
    const Server server;
    Client client = server.connect();
    client.send(post_head(5));
    client.send("hello");
    const Response response = client.read_response();
    CHECK(response.status == 200);
    CHECK(response.interim.empty());
}

TEST_CASE("what is refused gets no 100 Continue", "[contract][expect]") {
    const Server server;
    struct Row {
        std::string method, path, fields;
        int status;
    };
    for (const Row& row :
         {Row{"POST", "/nothing", "Content-Length: 5\r\n", 404},
          Row{"PUT", "/items", "Content-Length: 5\r\n", 405},
          Row{"POST", "/items", "Content-Length: 1048577\r\n", 413},
          Row{"POST", "/items", "Content-Length: 5\r\nExpect: x\r\n", 417}}) {
        INFO(row.method << " " << row.path << " " << row.fields);
        Client client = server.connect();
        client.send(
            request(row.method, row.path, row.fields + std::string(expect_continue)));
        const Response response = client.read_response();
        check_error(response, row.status);
        CHECK(response.interim.empty());
        CHECK(response.says_close());  // the body may come, or not: nobody can tell
        CHECK(client.read_until_end() == "");
    }
}

TEST_CASE("a client of HTTP 1.0 gets no 100 Continue", "[contract][expect]") {
    const Server server;
    Client client = server.connect();
    client.send(
        "POST /items HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    // Who comes after that head is answered. (By chapter 01 not before its body has come.)
    if (server_keeps_alive()) check_alive(server);
    client.send("hello");
    const Response response = client.read_response();
    CHECK(response.status == 200);
    CHECK(response.interim.empty());
}

TEST_CASE("without a body there is nothing to continue with", "[contract][expect]") {
    const Server server;
    for (const std::string& text :
         {post("", expect_continue), request("GET", "/health", expect_continue)}) {
        const Response response = ask(server, text);
        CHECK(response.status == 200);
        CHECK(response.interim.empty());
    }
}

TEST_CASE("a body that breaks its promise after 100 Continue is refused",
          "[contract][expect]") {
    const Server server;
    Client client = server.connect();
    client.send(request("POST", "/items",
                        "Transfer-Encoding: chunked\r\n" + std::string(expect_continue)));
    client.read_continue();
    client.send("200000\r\n");  // two megabytes
    check_error(client.read_response(), 413);
    CHECK(client.read_until_end() == "");
}
