// The contract: the cases of h1spec, each under the name that it has there, asked of a page
// that our servers have. Source: https://github.com/uNetworking/h1spec
#include <initializer_list>
#include <string>

#include "common/testing/contract.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;

namespace {

/// A request in two pieces, with a pause between them.
struct Fragments {
    const char* name;
    std::string first;
    std::string rest;
};

struct WholeRequest {
    const char* name;
    std::string bytes;
    int lowest;  ///< the answer's status is one of these
    int highest;
};

std::string with(const std::string& fields) {
    return "GET /health HTTP/1.1\r\nHost: example.com\r\n" + fields + "\r\n";
}

const std::initializer_list<Fragments> fragmented = {
    {"Fragmented method", "G", "ET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"Fragmented URL 1", "GET ", "/health HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"Fragmented URL 2", "GET /hea", "lth HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"Fragmented URL 3", "GET /health ", "HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"Fragmented HTTP version", "GET /health HTTP", "/1.1\r\nHost: localhost\r\n\r\n"},
    {"Fragmented request line", "GET /health HTTP/1.1", "\r\nHost: localhost\r\n\r\n"},
    {"Fragmented request line newline 1", "GET /health HTTP/1.1\r",
     "\nHost: localhost\r\n\r\n"},
    {"Fragmented request line newline 2", "GET /health HTTP/1.1\r\n",
     "Host: localhost\r\n\r\n"},
    {"Fragmented field name", "GET /health HTTP/1.1\r\nHos", "t: localhost\r\n\r\n"},
    {"Fragmented field value 1", "GET /health HTTP/1.1\r\nHost:", " localhost\r\n\r\n"},
    {"Fragmented field value 2", "GET /health HTTP/1.1\r\nHost: ", "localhost\r\n\r\n"},
    {"Fragmented field value 3", "GET /health HTTP/1.1\r\nHost: localhost", "\r\n\r\n"},
    {"Fragmented field value 4", "GET /health HTTP/1.1\r\nHost: localhost\r", "\n\r\n"},
    {"Fragmented request", "GET /health HTTP/1.1\r\nHost: localhost\r\n", "\r\n"},
    {"Fragmented request termination", "GET /health HTTP/1.1\r\nHost: localhost\r\n\r",
     "\n"},
};

const std::initializer_list<WholeRequest> whole = {
    {"Request without HTTP version", "GET /health \r\n\r\n", 400, 599},
    {"Valid GET request", with(""), 200, 299},
    {"Valid GET request with edge cases",
     "GET /health HTTP/1.1\r\nhoSt:\texample.com\r\nempty:\r\n\r\n", 200, 299},
    {"Invalid header characters", with("X-Invalid[]: test\r\n"), 400, 499},
    {"Missing Host header", "GET /health HTTP/1.1\r\nContent-Length: 5\r\n\r\n", 400, 499},
    {"Multiple Host headers", with("Host: example.org\r\n"), 400, 499},
    {"Overflowing negative Content-Length header",
     with("Content-Length: -123456789123456789123456789\r\n"), 400, 499},
    {"Negative Content-Length header", with("Content-Length: -1234\r\n"), 400, 499},
    {"Non-numeric Content-Length header", with("Content-Length: abc\r\n"), 400, 499},
    {"Empty header value", with("X-Empty-Header: \r\n"), 200, 299},
    {"Header containing invalid control character",
     with("X-Bad-Control-Char: test\x07\r\n"), 400, 499},
    {"Invalid HTTP version", "GET /health HTTP/9.9\r\nHost: example.com\r\n\r\n", 400, 599},
    {"Invalid prefix of request", "Extra line" + with(""), 400, 599},
    {"Invalid line ending", with("\rSome-Header: Test\r\n"), 400, 499},
    {"Valid POST request with body",
     "POST /items HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\n\r\nhello", 200,
     299},
    {"Conflicting Transfer-Encoding and Content-Length",
     with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400, 499},
};

}  // namespace

TEST_CASE("a fragment of a request gets no answer before the rest of it is there",
          "[contract][h1spec]") {
    const Server server;
    for (const Fragments& request : fragmented) {
        INFO(request.name);
        Client client = server.connect();
        client.send(request.first);
        if (server_keeps_alive()) check_alive(server);  // it has had time to answer
        CHECK_FALSE(client.has_news());
        client.send(request.rest);
        CHECK(client.read_response().status == 200);
    }
}

TEST_CASE("a whole request is taken or refused as h1spec wants it", "[contract][h1spec]") {
    const Server server;
    for (const WholeRequest& request : whole) {
        INFO(request.name);
        Client client = server.connect();
        client.send(request.bytes);
        const int status = client.read_response().status;
        CHECK(status >= request.lowest);
        CHECK(status <= request.highest);
    }
}

TEST_CASE("a GET that expects to be told to go on is answered", "[contract][h1spec]") {
    const Server server;
    Client client = server.connect();
    client.send(with("Expect: 100-continue\r\n"));
    const int status = client.read_response().status;
    CHECK((status == 100 || status == 200));
}
