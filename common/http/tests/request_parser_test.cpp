// The parser step by step: where it stops, what it keeps, what it forgets. The single
// requests that are right or wrong are in request_table.hpp.
#include "common/http/request_parser.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/http/tests/outcome.hpp"
#include "common/http/tests/request_table.hpp"
#include "common/testing/catch.hpp"

using namespace six::http;

namespace {

const Limits usual;

RequestParser after(std::string_view bytes, const Limits& limits = usual) {
    RequestParser parser(limits);
    parser.receive(bytes);
    return parser;
}

void check_refused(const RequestParser& parser, int status) {
    REQUIRE(parser.state() == State::refused);
    CHECK(parser.error().status() == status);
    CHECK(!std::string(parser.error().what()).empty());
    CHECK(!parser.wants_bytes());
    CHECK(!parser.idle());
    CHECK(!parser.has_leftover());
}

}  // namespace

TEST_CASE("between two requests a parser holds nothing", "[http][parser]") {
    const RequestParser other;
    const RequestHead& nothing = other.head();
    RequestParser parser;
    CHECK(&parser.head() == &nothing);
    parser.receive("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    REQUIRE(parser.state() == State::complete);
    CHECK(&parser.head() != &nothing);
    parser.next_request();
    CHECK(&parser.head() == &nothing);
    CHECK(parser.idle());
    CHECK(parser.wants_bytes());
    parser.end_of_input();
    CHECK(parser.state() == State::ended);
}

TEST_CASE("a request without a body goes from its head straight to complete",
          "[http][parser]") {
    auto parser = after(raw::get("A: 1"));
    REQUIRE(parser.state() == State::complete);
    parser.begin_body();
    CHECK(parser.state() == State::complete);
    CHECK(parser.take_body().empty());
}

TEST_CASE("the body waits until somebody asks for it", "[http][parser]") {
    auto parser = after(raw::post("Content-Length: 5", "hel"));
    REQUIRE(parser.state() == State::head_complete);
    CHECK(parser.leftover_bytes() == 3);
    CHECK(!parser.wants_bytes());
    CHECK(parser.take_body().empty());

    parser.receive("lo");
    CHECK(parser.state() == State::head_complete);
    parser.begin_body();
    CHECK(parser.state() == State::complete);
    CHECK(!parser.has_leftover());
    CHECK(parser.take_body() == "hello");
}

TEST_CASE("the body can be taken piece by piece", "[http][parser]") {
    const auto head =
        GENERATE(raw::post("Content-Length: 6", "ab"), raw::chunked("2\r\nab\r\n4\r\n"));
    auto parser = after(head);
    parser.begin_body();
    REQUIRE(parser.state() == State::body);
    CHECK(parser.wants_bytes());
    CHECK(parser.take_body() == "ab");
    CHECK(parser.take_body().empty());
    parser.receive("cd");
    parser.begin_body();
    CHECK(parser.take_body() == "cd");
    parser.receive("ef");
    if (parser.state() == State::body) parser.receive("\r\n0\r\n\r\n");
    REQUIRE(parser.state() == State::complete);
    CHECK(parser.take_body() == "ef");
}

TEST_CASE("pipelined requests come out one by one", "[http][parser]") {
    auto parser = after(raw::get("A: 1") + raw::post("Content-Length: 2", "ab") +
                        raw::chunked("1\r\nc\r\n0\r\n\r\n") + "GET /hea");
    CHECK(parser.state() == State::complete);
    CHECK(parser.head().path == "/health");
    parser.next_request();
    REQUIRE(parser.state() == State::head_complete);
    CHECK(parser.head().path == "/items");
    parser.begin_body();
    CHECK(parser.take_body() == "ab");
    CHECK(parser.has_leftover());
    parser.next_request();
    parser.begin_body();
    CHECK(parser.take_body() == "c");
    CHECK(parser.has_leftover());
    parser.next_request();
    CHECK(parser.state() == State::head);
    CHECK(!parser.has_leftover());
    CHECK(!parser.idle());
    parser.receive("lth HTTP/1.0\r\n\r\n");
    REQUIRE(parser.state() == State::complete);
    CHECK(parser.head().path == "/health");
}

TEST_CASE("bytes that came too early are joined by those that come later",
          "[http][parser]") {
    auto parser = after(raw::get("A: 1") + raw::post("Content-Length: 4", "ab"));
    parser.next_request();
    REQUIRE(parser.state() == State::head_complete);
    parser.receive("c");
    parser.receive("d" + raw::get("A: 1"));
    parser.begin_body();
    REQUIRE(parser.state() == State::complete);
    CHECK(parser.take_body() == "abcd");
    parser.next_request();
    CHECK(parser.state() == State::complete);
    CHECK(parser.head().path == "/health");
}

TEST_CASE("a pipelined request is refused when its turn comes", "[http][parser][refused]") {
    auto parser =
        after(raw::post("Content-Length: 2", "ab") + "GET / HTTP/1.1\n" + raw::get("A: 1"));
    parser.begin_body();
    REQUIRE(parser.state() == State::complete);
    parser.next_request();
    check_refused(parser, 400);
}

TEST_CASE("the next request knows nothing of the last one", "[http][parser]") {
    auto parser = after(
        "POST /a HTTP/1.1\r\nHost: test\r\nExpect: 100-continue, x\r\nConnection: close\r\n"
        "Content-Length: 2\r\n\r\nabGET /b HTTP/1.0\r\n\r\n");
    CHECK(parser.head().method == Method::post);
    CHECK(parser.head().expects_continue);
    CHECK(parser.head().unknown_expectation);
    CHECK(!parser.head().keep_alive);
    parser.begin_body();
    parser.next_request();
    REQUIRE(parser.state() == State::complete);
    const auto& head = parser.head();
    CHECK(head.method == Method::get);
    CHECK(head.path == "/b");
    CHECK(head.minor_version == 0);
    CHECK(!head.expects_continue);
    CHECK(!head.unknown_expectation);
    CHECK(!head.content_length);
    CHECK(parser.take_body().empty());
}

TEST_CASE("the head tells the methods that the routes know from all others",
          "[http][parser]") {
    const std::vector<std::pair<std::string, Method>> methods{
        {"GET", Method::get},         {"HEAD", Method::head},    {"POST", Method::post},
        {"OPTIONS", Method::options}, {"DELETE", Method::other}, {"PATCH", Method::other},
        {"M-SEARCH", Method::other},  {"SOURCE", Method::other}};
    for (const auto& [name, method] : methods) {
        INFO(name);
        const auto parser = after(raw::line(name + " /health HTTP/1.1"));
        REQUIRE(parser.state() == State::complete);
        CHECK(parser.head().method == method);
    }
}

TEST_CASE("CONNECT is a request like others, for a path that nobody has",
          "[http][parser]") {
    auto parser = after(raw::line("CONNECT test:80 HTTP/1.1") + raw::get("A: 1"));
    REQUIRE(parser.state() == State::complete);
    CHECK(parser.head().method == Method::other);
    CHECK(parser.head().path == "test:80");
    parser.next_request();
    CHECK(parser.head().path == "/health");
}

TEST_CASE("a path stays as it was sent", "[http][parser]") {
    CHECK(after(raw::line("GET /a%2Fb/../%zz//c;d HTTP/1.1")).head().path ==
          "/a%2Fb/../%zz//c;d");
    CHECK(after(raw::line("GET http://test HTTP/1.1")).head().path == "/");
    CHECK(after(raw::line("GET http://test?a=/b HTTP/1.1")).head().path == "/");
    CHECK(after(raw::line("OPTIONS http://test HTTP/1.1")).head().path == "/");
}

TEST_CASE("the head says what the client expects", "[http][parser]") {
    const std::string length = "\r\nContent-Length: 2";
    CHECK(after(raw::post("Expect: 100-CONTINUE" + length)).head().expects_continue);
    CHECK(!after(raw::post("Expect: 100-continue" + length)).head().unknown_expectation);
    CHECK(!after(raw::post("Expect: 100-continue")).head().expects_continue);  // no body
    CHECK(after(raw::post("Expect: cake" + length)).head().unknown_expectation);
    CHECK(!after(raw::post("Expect: cake" + length)).head().expects_continue);
    CHECK(
        after(raw::get("Expect: 100-continue\r\nExpect: cake")).head().unknown_expectation);
    CHECK(after(raw::get("Expect: 100-continued")).head().unknown_expectation);

    const auto old =
        after("POST / HTTP/1.0\r\nExpect: 100-continue, x" + length + "\r\n\r\n");
    REQUIRE(old.state() == State::head_complete);
    CHECK(!old.head().expects_continue);
    CHECK(!old.head().unknown_expectation);
}

TEST_CASE("a client is not told to go on once its body is on the way", "[http][parser]") {
    auto parser = after(raw::post("Expect: 100-continue\r\nContent-Length: 2"));
    CHECK(parser.wants_continue());
    parser.receive("a");
    CHECK(!parser.wants_continue());
    CHECK(!after(raw::post("Content-Length: 2")).wants_continue());
}

TEST_CASE("a parser is idle until a request begins", "[http][parser]") {
    RequestParser parser;
    CHECK(parser.idle());
    for (const std::string_view bytes : {"", "\r", "\n", "\r\n"}) {
        parser.receive(bytes);
        CHECK(parser.idle());
        CHECK(parser.wants_bytes());
    }
    parser.receive("G");
    CHECK(!parser.idle());
    parser.receive("ET / HTTP/1.0\r\n\r\n");
    CHECK(!parser.idle());
    parser.next_request();
    CHECK(parser.idle());
}

TEST_CASE("a client that leaves between two requests has ended", "[http][parser][end]") {
    const auto before = GENERATE("", "\r\n", "\r");
    auto parser = after(raw::get("A: 1"));
    parser.next_request();
    parser.receive(before);
    parser.end_of_input();
    CHECK(parser.state() == State::ended);
    CHECK(parser.idle());
    CHECK(!parser.wants_bytes());
    parser.receive(raw::get("A: 1"));
    CHECK(parser.state() == State::ended);
    CHECK(!parser.has_leftover());
}

TEST_CASE("a request that is cut off anywhere is refused", "[http][parser][end]") {
    const auto bytes = raw::chunked("2;x\r\nab\r\n0\r\nA: 1\r\n\r\n");
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        INFO("after " << size << " bytes");
        auto parser = after(bytes.substr(0, size));
        parser.begin_body();
        parser.end_of_input();
        check_refused(parser, 400);
    }
}

TEST_CASE("a client may leave once all of its requests are sent", "[http][parser][end]") {
    auto parser = after(raw::post("Content-Length: 2", "ab") + raw::get("A: 1"));
    parser.end_of_input();
    REQUIRE(parser.state() == State::head_complete);
    parser.begin_body();
    CHECK(parser.take_body() == "ab");
    REQUIRE(parser.state() == State::complete);
    parser.next_request();
    REQUIRE(parser.state() == State::complete);
    parser.next_request();
    CHECK(parser.state() == State::ended);
}

TEST_CASE("a body that ended early is missed when it is asked for", "[http][parser][end]") {
    auto parser = after(raw::post("Content-Length: 3", "ab"));
    parser.end_of_input();
    REQUIRE(parser.state() == State::head_complete);
    parser.begin_body();
    check_refused(parser, 400);
}

TEST_CASE("a body that is declared too large is refused at once",
          "[http][parser][limits]") {
    Limits limits;
    limits.body_bytes = 10;
    auto parser = after(raw::post("Content-Length: 11"), limits);
    REQUIRE(parser.state() == State::head_complete);  // its route may matter more
    parser.begin_body();
    check_refused(parser, 413);

    auto early = after(raw::post("Content-Length: 11", "01234567890"), limits);
    early.begin_body();
    check_refused(early, 413);
    CHECK_FALSE(early.has_leftover());  // nobody will ever want it

    auto largest = after(raw::post("Content-Length: 10", "0123456789"), limits);
    largest.begin_body();
    CHECK(largest.take_body() == "0123456789");
}

TEST_CASE("a body in chunks is refused as soon as it is too large",
          "[http][parser][limits]") {
    Limits limits;
    limits.body_bytes = 10;
    auto parser = after(raw::chunked("6\r\nabcdef\r\n4\r\n"), limits);
    parser.begin_body();
    CHECK(parser.state() == State::body);
    parser.receive("ghij\r\n1");
    CHECK(parser.state() == State::body);
    parser.receive("\r\n");
    check_refused(parser, 413);
    CHECK(parser.take_body().empty());
}

TEST_CASE("a declared length reserves no memory", "[http][parser][limits]") {
    const auto head = GENERATE(raw::post("Content-Length: 1048576", "abc"),
                               raw::chunked("100000\r\nabc"));
    auto parser = after(head);
    parser.begin_body();
    const auto body = parser.take_body();
    CHECK(body == "abc");
    CHECK(body.capacity() < 100);
}

TEST_CASE("small limits hold wherever the bytes are cut", "[http][parser][limits]") {
    const Limits limits{.target_bytes = 6,
                        .header_bytes = 35,
                        .header_fields = 2,
                        .body_bytes = 5,
                        .chunk_line_bytes = 6,
                        .chunk_extension_bytes = 9};
    const std::string head =
        "POST /1234 HTTP/1.1\r\nHost:\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string zero = "0\r\n\r\n";
    const std::vector<std::pair<std::string, int>> bodies{
        {zero, 200},
        {"5\r\nhello\r\n" + zero, 200},
        {"6\r\nhellos\r\n" + zero, 413},
        {"3\r\nhel\r\n2\r\nlo\r\n" + zero, 200},
        {"3\r\nhel\r\n3\r\nlos\r\n" + zero, 413},
        {"000005\r\nhello\r\n" + zero, 200},
        {"0000005\r\nhello\r\n" + zero, 400},
        {"1;abcd\r\nh\r\n" + zero, 200},
        {"1;abcde\r\nh\r\n" + zero, 400},
        {"1;abcd\r\nh\r\n1;abc\r\ne\r\n" + zero, 200},
        {"1;abcd\r\nh\r\n1;abcd\r\ne\r\n" + zero, 400},
        {"1;abcd\r\nh\r\n1\r\ne\r\n0;abc\r\n\r\n", 200},
        {"0\r\nA:1\r\nB:2\r\n\r\n", 200},
        {"0\r\nA:1\r\nB:2\r\nC:3\r\n\r\n", 431},
        {"0\r\nA:" + raw::letters(31) + "\r\n\r\n", 200},
        {"0\r\nA:" + raw::letters(32) + "\r\n\r\n", 431},
        {"0\r\nA:" + raw::letters(32) + "\r\nB:\r\n\r\n", 431},
        {"0\r\nA:" + raw::letters(28) + "\r\nB:\r\n\r\n", 431},
    };
    for (const auto& [body, status] : bodies) {
        INFO(body);
        const auto bytes = head + body;
        const auto expected = outcome_of({bytes}, limits);
        const auto refused = "refused " + std::to_string(status);
        CHECK((expected[0].substr(0, refused.size()) == refused) == (status != 200));
        CHECK(outcome_of(single_bytes(bytes), limits) == expected);
    }
}

TEST_CASE("each request has limits of its own", "[http][parser][limits]") {
    Limits limits;
    limits.body_bytes = 3;
    limits.chunk_extension_bytes = 12;
    limits.header_fields = 2;
    const auto bytes =
        raw::chunked("1;abcd\r\nx\r\n2;abcd\r\nyz\r\n0\r\nA: 1\r\nB: 2\r\n\r\n");
    const auto once = outcome_of({bytes}, limits);
    REQUIRE(once[0].substr(0, 7) != "refused");
    CHECK(outcome_of({bytes, bytes}, limits) == Outcome{once[0], once[0]});
}

TEST_CASE("what follows a refusal changes nothing", "[http][parser][refused]") {
    auto parser = after("HEAD /health HTTP/1.1\r\nHost: a b\r\n\r\n" + raw::get("A: 1"));
    check_refused(parser, 400);
    const std::string why = parser.error().what();
    CHECK(parser.head().method == Method::head);  // so that the answer comes without a body
    parser.receive(raw::get("A: 1"));
    parser.begin_body();
    parser.end_of_input();
    check_refused(parser, 400);
    CHECK(parser.error().what() == why);
}

TEST_CASE("a parser tells how much memory a request has before its body",
          "[http][parser][limits]") {
    constexpr std::size_t little = 1024;  // is kept from one request to the next
    RequestParser parser;
    CHECK(parser.held_bytes() == 0);
    parser.receive("GET / HTTP/1.1\r\nHost: x\r\n");
    CHECK(parser.held_bytes() < little);
    parser.receive("A: " + std::string(9000, 'a'));
    CHECK(parser.held_bytes() >= 9000);
    parser.receive("\r\n\r\n" + raw::get("B: " + std::string(5000, 'b')));
    CHECK(parser.held_bytes() >= 5000);  // they came too early
    parser.next_request();
    CHECK(parser.state() == State::complete);
    parser.next_request();
    CHECK(parser.held_bytes() == 0);
    parser.receive("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(parser.held_bytes() < little);
}

TEST_CASE("a server can refuse a request for a reason of its own",
          "[http][parser][refused]") {
    for (const std::string& sent :
         {std::string("GET / HT"), raw::get("A: 1"), raw::get("A: 1") + raw::get("B: 2")}) {
        RequestParser parser = after(sent);
        parser.refuse(503, "no memory");
        check_refused(parser, 503);
        CHECK(parser.error().what() == std::string("no memory"));
        CHECK(parser.held_bytes() < 1024);
    }
}

TEST_CASE("a parser can be moved in the middle of a request", "[http][parser]") {
    auto first = after("POST /items HTTP/1.1\r\nHo");
    RequestParser second = std::move(first);
    second.receive("st: test\r\nContent-Length: 2\r\n\r\na");
    first = std::move(second);
    first.begin_body();
    first.receive("b");
    REQUIRE(first.state() == State::complete);
    CHECK(first.take_body() == "ab");
}
