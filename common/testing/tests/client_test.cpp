// The test client against a scripted peer on the other end of a socket pair: it must see
// what the contract's tests rely on, and fail with a clear message where they would.
#include "common/testing/client.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>

#include "common/testing/catch.hpp"

using namespace six::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A client, and the server's end of its connection in our own hands.
struct Pair {
    Pair() : Pair(connected()) {}

    /// Sends as the server would, and closes if told so.
    void serve(std::string_view bytes, bool close = false) {
        REQUIRE(::write(peer.get(), bytes.data(), bytes.size()) ==
                static_cast<ssize_t>(bytes.size()));
        if (close) peer.close();
    }

    Client client;
    Descriptor peer;

  private:
    using Ends = std::array<int, 2>;

    static Ends connected() {
        Ends ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        for (const int end : ends) ::fcntl(end, F_SETFL, O_NONBLOCK);
        return ends;
    }
    explicit Pair(const Ends& ends) : client(Descriptor{ends[0]}), peer(ends[1]) {}
};

Deadline soon() {
    return Deadline(std::chrono::milliseconds(20));
}

}  // namespace

TEST_CASE("the test client takes an answer apart", "[testing][client]") {
    Pair pair;
    pair.serve("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nALLOW:\tGET \r\n\r\nhello");
    const auto response = pair.client.read_response();
    CHECK(response.status == 404);
    CHECK(response.version == "HTTP/1.1");
    CHECK(response.body == "hello");
    CHECK(response.field("content-length") == "5");
    CHECK(response.field("Allow") == "GET");
    CHECK(response.field("Date") == std::nullopt);
    CHECK_FALSE(response.says_close());
}

TEST_CASE("the test client reads one answer after another", "[testing][client]") {
    Pair pair;
    pair.serve(
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nb");
    CHECK(pair.client.read_response().body == "a");
    const auto second = pair.client.read_response();
    CHECK(second.body == "b");
    CHECK(second.says_close());
}

TEST_CASE("the test client shows the interim answers", "[testing][client]") {
    Pair pair;
    pair.serve(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    pair.client.read_continue();
    CHECK(pair.client.read_response().interim == std::vector{100});
}

TEST_CASE("the test client does not take another answer for 100 Continue",
          "[testing][client]") {
    Pair pair;
    pair.serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    CHECK_THROWS_WITH(pair.client.read_continue(), ContainsSubstring("the answer was 200"));
}

TEST_CASE("an answer without a length goes on until the end", "[testing][client]") {
    Pair pair;
    pair.serve("HTTP/1.1 200 OK\r\n\r\nall of it", true);
    CHECK(pair.client.read_response().body == "all of it");
}

TEST_CASE("the test client says what it waited for in vain", "[testing][client]") {
    Pair pair;
    pair.serve("HTTP/1.1 200 OK\r\nContent-Le");
    CHECK_THROWS_WITH(pair.client.read_response(soon()),
                      ContainsSubstring("for the head of an answer") &&
                          ContainsSubstring("so far came 'HTTP/1.1 200 OK"));
}

TEST_CASE("the test client notices an answer that is cut off", "[testing][client]") {
    Pair pair;
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    pair.serve(answer.substr(0, GENERATE(0u, 10u, 44u)), true);
    CHECK_THROWS_WITH(pair.client.read_response(),
                      ContainsSubstring("closed the connection"));
}

TEST_CASE("the test client refuses what is no HTTP", "[testing][client]") {
    for (const char* answer :
         {"HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1\r\n\r\n",
          "HTTP/1.1 200 OK\nDate: x\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"}) {
        INFO(answer);
        Pair pair;
        pair.serve(answer);
        CHECK_THROWS_WITH(pair.client.read_response(), ContainsSubstring("no HTTP"));
    }
}

TEST_CASE("the test client refuses a length that is none", "[testing][client]") {
    for (const char* fields : {"Content-Length: x", "Content-Length: 1x",
                               "Content-Length: 0\r\nContent-Length: 0"}) {
        INFO(fields);
        Pair pair;
        pair.serve(std::string("HTTP/1.1 200 OK\r\n") + fields + "\r\n\r\n");
        CHECK_THROWS_WITH(pair.client.read_response(), ContainsSubstring("Content-Length"));
    }
}

TEST_CASE("bytes where the end was due are a failure", "[testing][client]") {
    Pair pair;
    pair.serve("smuggled", true);
    CHECK_THROWS_WITH(pair.client.read_end(), ContainsSubstring("there came 'smuggled'"));
}

TEST_CASE("an open connection where the end was due is a failure", "[testing][client]") {
    Pair pair;
    CHECK_THROWS_AS(pair.client.read_end(soon()), WaitFailed);
    CHECK_THROWS_AS(pair.client.read_until_end(soon()), WaitFailed);
    pair.peer.close();
    CHECK(pair.client.read_end() == Client::End::closed);
}

TEST_CASE("news are bytes or the end", "[testing][client]") {
    Pair pair;
    CHECK_FALSE(pair.client.has_news());
    pair.serve("x");
    CHECK(pair.client.has_news());
    CHECK(pair.client.read_bytes(1) == "x");
    CHECK_FALSE(pair.client.has_news());
    pair.peer.close();
    CHECK(pair.client.has_news());
}

TEST_CASE("sending to a peer that is gone is no surprise", "[testing][client]") {
    Pair pair;
    pair.peer.close();
    CHECK_FALSE(pair.client.try_send("hello"));
    CHECK_THROWS_AS(pair.client.send("hello"), WaitFailed);
}

TEST_CASE("sending to a peer that reads nothing ends with the deadline",
          "[testing][client]") {
    Pair pair;
    const std::string much(10 * 1024 * 1024, 'x');
    CHECK_THROWS_WITH(pair.client.send(much, soon()),
                      ContainsSubstring("to read our request"));
}

TEST_CASE("a port where nobody listens refuses connections", "[testing][client]") {
    CHECK(refuses_connections({"127.0.0.1", 1}));
}
