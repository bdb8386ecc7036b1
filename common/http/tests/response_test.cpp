// Responses byte for byte, and what becomes of the connection afterwards.
#include "common/http/response.hpp"

#include <limits>
#include <string>
#include <vector>

#include "common/http/tests/request_table.hpp"
#include "common/testing/catch.hpp"

using namespace six::http;
using namespace std::chrono;

namespace {

constexpr auto noon = sys_days{year{1994} / November / 6} + 8h + 49min + 37s;

std::string sent(const Response& response, const RequestHead& request = {},
                 Afterwards after = Afterwards::next_request) {
    return serialize(response, request, after, noon);
}

std::string date_of(system_clock::time_point now) {
    const auto bytes = serialize({}, {}, Afterwards::next_request, now);
    const auto begin = bytes.find("Date: ") + 6;
    return bytes.substr(begin, bytes.find('\r', begin) - begin);
}

bool contains(const std::string& bytes, const std::string& part) {
    return bytes.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a response has its head, an empty line and its body", "[http][response]") {
    CHECK(sent({.status = 200, .body = "{}"}) ==
          "HTTP/1.1 200 OK\r\n"
          "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
          "Content-Type: application/json\r\n"
          "Content-Length: 2\r\n"
          "\r\n"
          "{}");
}

TEST_CASE("each field that a response may have stands on a line", "[http][response]") {
    const Response response{.status = 503,
                            .content_type = "text/plain",
                            .body = "x",
                            .allow = "GET, HEAD",
                            .retry_after_s = 30};
    CHECK(sent(response, {}, Afterwards::close) ==
          "HTTP/1.1 503 Service Unavailable\r\n"
          "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
          "Content-Type: text/plain\r\n"
          "Content-Length: 1\r\n"
          "Allow: GET, HEAD\r\n"
          "Retry-After: 30\r\n"
          "Connection: close\r\n"
          "\r\n"
          "x");
}

TEST_CASE("an empty response has a length but no type", "[http][response]") {
    const auto bytes = sent({.content_type = "", .allow = "GET"});
    CHECK(!contains(bytes, "Content-Type"));
    CHECK(contains(bytes, "\r\nContent-Length: 0\r\n"));
    CHECK(contains(bytes, "\r\nAllow: GET\r\n\r\n"));
}

TEST_CASE("the answer to HEAD is that to GET without the body", "[http][response]") {
    const Response response{.body = "0123456789"};
    const RequestHead get{.method = Method::get};
    const RequestHead head{.method = Method::head};
    CHECK(sent(response, head) + "0123456789" == sent(response, get));
}

TEST_CASE("a body of any bytes is sent as it is", "[http][response]") {
    const auto bytes = sent({.body = raw::all_bytes()});
    CHECK(contains(bytes, "\r\nContent-Length: 256\r\n"));
    CHECK(bytes.substr(bytes.size() - 256) == raw::all_bytes());
}

TEST_CASE("Connection is sent where the version does not say it", "[http][response]") {
    const RequestHead version_1_1{.minor_version = 1};
    const RequestHead version_1_0{.minor_version = 0};
    CHECK(!contains(sent({}, version_1_1, Afterwards::next_request), "Connection"));
    CHECK(contains(sent({}, version_1_1, Afterwards::close),
                   "\r\nConnection: close\r\n\r\n"));
    CHECK(contains(sent({}, version_1_1, Afterwards::linger),
                   "\r\nConnection: close\r\n\r\n"));
    CHECK(contains(sent({}, version_1_0, Afterwards::next_request),
                   "\r\nConnection: keep-alive\r\n\r\n"));
    CHECK(contains(sent({}, version_1_0, Afterwards::close),
                   "\r\nConnection: close\r\n\r\n"));
}

TEST_CASE("the date is right at the edges of the calendar", "[http][response]") {
    CHECK(date_of(sys_days{year{1970} / 1 / 1}) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(date_of(sys_days{year{2024} / 2 / 29} + 23h + 59min + 59s + 999ms) ==
          "Thu, 29 Feb 2024 23:59:59 GMT");
    CHECK(date_of(sys_days{year{2000} / 12 / 31}) == "Sun, 31 Dec 2000 00:00:00 GMT");
    CHECK(date_of(sys_days{year{2100} / 3 / 1} - 1s) == "Sun, 28 Feb 2100 23:59:59 GMT");
}

TEST_CASE("every status that the servers use has its phrase", "[http][response]") {
    for (const int status :
         {200, 400, 404, 405, 408, 413, 414, 417, 429, 431, 500, 501, 503, 505}) {
        INFO(status);
        const auto bytes = sent({.status = status});
        const auto line = bytes.substr(0, bytes.find("\r\n"));
        const auto start = "HTTP/1.1 " + std::to_string(status) + ' ';
        CHECK(line.substr(0, start.size()) == start);
        CHECK(line.size() > start.size());
    }
    CHECK(sent({.status = 299}).substr(0, 15) == "HTTP/1.1 299 \r\n");
}

TEST_CASE("the interim answer is a response without fields", "[http][response]") {
    CHECK(continue_100 == "HTTP/1.1 100 Continue\r\n\r\n");
}

// --- Afterwards: what is known of the request, and who keeps the connection ---

namespace {

struct Row {
    const char* name;
    std::string bytes;
    bool begin_body;
    Afterwards kept;    // where the server keeps connections
    Afterwards ending;  // where it is shutting down
    Afterwards only;    // where each has one request
};

std::vector<Row> truth_table() {
    const auto next = Afterwards::next_request;
    const auto close = Afterwards::close;
    const auto linger = Afterwards::linger;
    const auto body = raw::post("Content-Length: 3", "abc");
    const auto part = raw::post("Content-Length: 3", "ab");
    const auto close_get = raw::get("Connection: close");
    return {
        {"complete", raw::get("A: 1"), false, next, linger, close},
        {"complete, more came", raw::get("A: 1") + "G", false, next, linger, linger},
        {"complete with a body", body, true, next, linger, close},
        {"complete with a body, more came", body + "G", true, next, linger, linger},
        {"complete, the client closes", close_get, false, close, close, close},
        {"complete, the client closes, but more came", close_get + "G", false, linger,
         linger, linger},
        {"HTTP/1.0", raw::get_1_0("A: 1"), false, close, close, close},
        {"HTTP/1.0 to be kept", raw::get_1_0("Connection: keep-alive"), false, next, linger,
         close},
        {"a body that nobody asked for", body, false, linger, linger, linger},
        {"a body that has not come", raw::post("Content-Length: 3"), false, linger, linger,
         linger},
        {"a 100 that was not sent", raw::post("Content-Length: 3\r\nExpect: 100-continue"),
         false, linger, linger, linger},
        {"half a body", part, true, linger, linger, linger},
        {"half a head", "GET /", false, linger, linger, linger},
        {"refused", raw::line("GET / HTTP/3.0"), false, linger, linger, linger},
        {"too large", raw::post("Content-Length: 2000000"), true, linger, linger, linger},
    };
}

}  // namespace

TEST_CASE("a connection is used again only after a request that was read to its end",
          "[http][response][afterwards]") {
    for (const auto& row : truth_table()) {
        INFO(row.name);
        RequestParser parser;
        parser.receive(row.bytes);
        if (row.begin_body) parser.begin_body();
        CHECK(afterwards(parser, true) == row.kept);
        CHECK(afterwards(parser, false) == row.ending);
        CHECK(after_only_request(parser) == row.only);
    }
}

TEST_CASE("a client that has left needs no patience", "[http][response][afterwards]") {
    RequestParser parser;
    parser.end_of_input();
    CHECK(afterwards(parser, true) == Afterwards::close);
}

TEST_CASE("an answer has its bytes, whether they are short or long", "[http][response]") {
    for (std::size_t size = 0; size < 600; ++size) {
        const std::string body(size, 'x');
        const AnswerBytes bytes({.body = body}, {}, Afterwards::next_request, noon);
        const std::string head =
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/json\r\nContent-Length: ";
        REQUIRE(bytes.view() == head + std::to_string(size) + "\r\n\r\n" + body);
    }
}

TEST_CASE("the longest head that there can be has room", "[http][response]") {
    const Response longest{.status = 431,  // the longest phrase
                           .content_type = "text/plain; version=0.0.4; charset=utf-8",
                           .body = "x",
                           .body_follows = std::numeric_limits<std::uint64_t>::max() - 1,
                           .allow = "GET, HEAD, POST, OPTIONS",
                           .retry_after_s = std::numeric_limits<int>::max()};
    const auto bytes = sent(longest, {.minor_version = 0});
    CHECK(contains(bytes, "431 Request Header Fields Too Large\r\n"));
    CHECK(contains(bytes, "Content-Length: 18446744073709551615\r\n"));
    CHECK(contains(bytes, "\r\nConnection: keep-alive\r\n\r\nx"));
}
