// The contract: what is refused, with which status, and what comes first when several
// things are wrong (syntax, then route, then method, then declared size, then body).
#include "common/testing/contract.hpp"

using namespace six::testing;

namespace {

const std::string too_large = "Content-Length: 1048577\r\n";

std::string fields(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += "Field-" + std::to_string(i) + ": x\r\n";
    return text;
}

}  // namespace

TEST_CASE("an unknown path is not found", "[contract][errors]") {
    const Server server;
    for (const char* path :
         {"/", "/nothing", "/health/", "/Health", "//health", "/items/../health"}) {
        INFO(path);
        check_error(ask(server, get(path)), 404);
    }
}

TEST_CASE("a known path with the wrong method names the right ones", "[contract][errors]") {
    const Server server;
    struct Row {
        std::string method, path, allowed;
    };
    for (const Row& row :
         {Row{"GET", "/items", "POST"}, Row{"DELETE", "/items", "POST"},
          Row{"POST", "/items/1", "GET"}, Row{"PUT", "/items/1", "HEAD"},
          Row{"POST", "/health", "GET"}, Row{"DELETE", "/health", "HEAD"}}) {
        INFO(row.method << " " << row.path);
        const Response response = ask(server, request(row.method, row.path));
        check_error(response, 405);
        REQUIRE(response.count("Allow") == 1);
        const std::string allow = *response.field("Allow");
        CHECK_THAT(allow, Catch::Matchers::ContainsSubstring(row.allowed));
        CHECK_THAT(allow, !Catch::Matchers::ContainsSubstring(row.method));
    }
}

TEST_CASE("a method that nobody knows is not implemented", "[contract][errors]") {
    const Server server;
    check_error(ask(server, request("BREW", "/items")), 501);
}

TEST_CASE("what is no HTTP is a bad request", "[contract][errors]") {
    const Server server;
    for (const char* text :
         {"GET  /health HTTP/1.1\r\nHost: test\r\n\r\n",             // two spaces
          "GET /health HTTP/1.1\r\nHost: test\r\nNo colon\r\n\r\n",  //
          "GET /health HTTP/1.1\r\nHost : test\r\n\r\n",  // space before the colon
          "GET /health HTTP/1.1\r\nHost: test\r\nA: b\r\n c\r\n\r\n",  // a folded line
          "GET /health HTTP/1.1\nHost: test\n\n",                      // bare line feeds
          "GET /health\r\n\r\n",                                       // HTTP/0.9
          "GET health HTTP/1.1\r\nHost: test\r\n\r\n",                 // no path
          "POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: x\r\n\r\n",
          "POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: -1\r\n\r\n",
          "\x16\x03\x01\x02\x01\x01\r\n\r\n"}) {  // a TLS client at the wrong door
        INFO(text);
        check_error(ask(server, text), 400);
    }
}

TEST_CASE("an HTTP 1.1 request names its host exactly once", "[contract][errors]") {
    const Server server;
    check_error(ask(server, "GET /health HTTP/1.1\r\n\r\n"), 400);
    check_error(ask(server, "GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
}

TEST_CASE("a body that is declared too large is refused unseen", "[contract][errors]") {
    const Server server;
    for (const std::string length : {"1048577", "4294967297", "9223372036854775807"}) {
        INFO(length);
        check_error(
            ask(server, request("POST", "/items", "Content-Length: " + length + "\r\n")),
            413);
    }
}

TEST_CASE("a length beyond all numbers is refused", "[contract][errors]") {
    const Server server;
    const std::string nines(40, '9');
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    for (const std::string& text :
         {request("POST", "/items", "Content-Length: " + nines + "\r\n"),
          request("POST", "/items", chunked) + nines + "\r\n"}) {
        const Response response = ask(server, text);
        check_error(response, response.status == 400 ? 400 : 413);
    }
}

TEST_CASE("a chunked body that grows too large is refused", "[contract][errors]") {
    const Server server;
    const std::string bytes(1024 * 1024 + 1, 'x');
    Client client = server.connect();
    if (client.try_send(post_chunked(bytes, {64 * 1024}))) client.half_close();
    check_error(client.read_response(), 413);
}

TEST_CASE("a chunk that is declared too large is refused before it comes",
          "[contract][errors]") {
    const Server server;
    check_error(ask(server, request("POST", "/items", "Transfer-Encoding: chunked\r\n") +
                                "fffffff\r\n"),
                413);
}

TEST_CASE("a broken chunk is a bad request", "[contract][errors]") {
    const Server server;
    for (const char* body : {"x\r\n", "5\r\nhelloX", "-1\r\n", "5 5\r\n", "\r\n"}) {
        INFO(body);
        check_error(
            ask(server, request("POST", "/items", "Transfer-Encoding: chunked\r\n") + body),
            400);
    }
}

TEST_CASE("a target of more than 8 KiB is too long", "[contract][errors]") {
    const Server server;
    check_error(ask(server, get("/" + std::string(8 * 1024 - 1, 'a'))), 404);
    check_error(ask(server, get("/" + std::string(8 * 1024, 'a'))), 414);
}

TEST_CASE("a header section of more than 16 KiB is too large", "[contract][errors]") {
    const Server server;
    const auto with_field_of = [](std::size_t size) {
        return request("GET", "/health", "Large: " + std::string(size, 'x') + "\r\n");
    };
    CHECK(ask(server, with_field_of(15 * 1024)).status == 200);
    check_error(ask(server, with_field_of(17 * 1024)), 431);
}

TEST_CASE("a hundred fields are enough", "[contract][errors]") {
    const Server server;
    CHECK(ask(server, request("GET", "/health", fields(99))).status == 200);  // and Host
    check_error(ask(server, request("GET", "/health", fields(100))), 431);
}

TEST_CASE("trailers are bounded as headers are", "[contract][errors]") {
    const Server server;
    const std::string large = "Large: " + std::string(17 * 1024, 'x') + "\r\n";
    for (const std::string& trailers : {fields(101), large})
        check_error(
            ask(server, request("POST", "/items", "Transfer-Encoding: chunked\r\n") +
                            "1\r\nx\r\n0\r\n" + trailers + "\r\n"),
            431);
}

TEST_CASE("endless chunk extensions are refused", "[contract][errors]") {
    const Server server;
    check_error(ask(server, request("POST", "/items", "Transfer-Encoding: chunked\r\n") +
                                "1;" + std::string(2'000, 'x') + "\r\nx\r\n0\r\n\r\n"),
                400);
}

TEST_CASE("an unknown expectation fails", "[contract][errors]") {
    const Server server;
    check_error(ask(server, post("x", "Expect: the-unexpected\r\n")), 417);
}

TEST_CASE("other versions of HTTP are not served", "[contract][errors]") {
    const Server server;
    for (const std::string version : {"HTTP/2.0", "HTTP/1.2", "HTTP/3.1", "HTTP/0.9"}) {
        INFO(version);
        const Response response =
            ask(server, "GET /health " + version + "\r\nHost: test\r\n\r\n");
        check_error(response,
                    response.status == 400 ? 400 : 505);  // 400: a parser that can't say
    }
}

// --- what comes first ---

TEST_CASE("syntax is judged before the path", "[contract][errors][precedence]") {
    const Server server;
    check_error(ask(server, "GET /nothing HTTP/1.1\r\n\r\n"), 400);  // no host
    check_error(ask(server, request("POST", "/nothing", "Content-Length: x\r\n")), 400);
}

TEST_CASE("the path is judged before the method", "[contract][errors][precedence]") {
    const Server server;
    check_error(ask(server, request("DELETE", "/nothing")), 404);
}

TEST_CASE("the path and the method are judged before the size",
          "[contract][errors][precedence]") {
    const Server server;
    check_error(ask(server, request("POST", "/nothing", too_large)), 404);
    check_error(ask(server, request("PUT", "/items", too_large)), 405);
    check_error(ask(server, request("POST", "/items", too_large)), 413);
}

TEST_CASE("the path and the method are judged before the expectation",
          "[contract][errors][precedence]") {
    const Server server;
    const std::string expectation = "Expect: the-unexpected\r\n";
    check_error(ask(server, request("POST", "/nothing", expectation)), 404);
    check_error(ask(server, request("PUT", "/items", expectation)), 405);
}

TEST_CASE("the declared size is judged before the body comes",
          "[contract][errors][precedence]") {
    const Server server;
    check_error(ask(server, request("POST", "/items", too_large)),
                413);  // not one byte of it
}
