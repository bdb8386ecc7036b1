// Clients, and a database, that take too long.
#include <poll.h>

#include <string>

#include "06_full_server/tests/full_server.hpp"
#include "06_full_server/tests/scripted_house.hpp"

using namespace std::chrono_literals;
using namespace six::testing;
using namespace six::full::test;

TEST_CASE("a client that stays silent is closed, without a word", "[06][deadline]") {
    const ServerProcess server = start({"--idle-timeout", "0.05"});
    Client silent(server.address());
    CHECK(silent.read_until_end().empty());
}

TEST_CASE("a client that stops in its head gets a 408", "[06][deadline]") {
    const ServerProcess server = start({"--head-timeout", "0.05"});
    Client slow(server.address());
    slow.send("POST /items HTT");
    const Response answer = slow.read_response();
    CHECK(answer.status == 408);
    CHECK(answer.says_close());
    CHECK(slow.read_until_end().empty());
}

TEST_CASE("a client that stops in its body gets a 408", "[06][deadline]") {
    const ServerProcess server = start({"--body-timeout", "0.05"});
    Client slow(server.address());
    slow.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nit");
    const Response answer = slow.read_response();
    CHECK(answer.status == 408);
    CHECK(answer.says_close());
    CHECK(slow.read_until_end().empty());
}

TEST_CASE("a large body may take its time as long as it comes", "[06][deadline]") {
    const ServerProcess server = start({"--body-timeout", "2", "--body-rate", "10"});
    Client diligent(server.address());
    diligent.send(post_head_of(10'000));
    Client lazy(server.address());
    lazy.send(post_head_of(10'000));
    std::size_t left = 10'000;
    for (pollfd news{lazy.fd(), POLLIN, 0}; ::poll(&news, 1, 20) == 0; --left)
        diligent.send("x");
    CHECK(lazy.read_response().status == 408);
    CHECK_FALSE(diligent.has_news());
    diligent.send(std::string(left, 'x'));
    CHECK(diligent.read_response().status == 200);
}

// In a house a head may take 2 s, a body 2 s and a second more for each 50,000 bytes, and
// a client 2 s to read.

TEST_CASE("a client that drips its head gets a 408", "[06][deadline]") {
    House house{{}};
    const std::string head = get("/health");
    std::size_t sent = 0;
    for (; sent < head.size() && house.client().received().empty(); ++sent) {
        house.client().send(head.substr(sent, 1));
        house.let_pass(300ms);
        house.client().read(4096);
    }
    CHECK(house.client().received().starts_with("HTTP/1.1 408"));
    CHECK(sent == 7);
    CHECK_NOTHROW(house.end());
}

TEST_CASE("a client that drips its body gets a 408", "[06][deadline]") {
    House house{{}};
    house.client().send(post_head_of(100));
    int sent = 0;
    for (; sent < 100 && house.client().received().empty(); ++sent) {
        house.client().send("x");
        house.let_pass(300ms);
        house.client().read(4096);
    }
    CHECK(house.client().received().starts_with("HTTP/1.1 408"));
    CHECK(sent == 7);
    CHECK_NOTHROW(house.end());
}

TEST_CASE("a client that reads its answer byte by byte is cut off", "[06][deadline]") {
    House house{{}};
    house.database().mood = ScriptedDatabase::Mood::at_once;
    house.client().send(get("/items/2"));
    house.settle();
    for (int read = 0; read < 10; ++read) {
        CHECK(house.client().read(1));
        house.let_pass(300ms);
    }
    while (house.client().read(4096)) house.settle();
    CHECK(house.client().ended());
    CHECK(house.client().received().size() < 14'000);
    CHECK_NOTHROW(house.end());
}

TEST_CASE("who sends much of a body at once can't rest on it", "[06][deadline]") {
    const ServerProcess server = start({"--body-timeout", "0.1", "--body-rate", "1"});
    Client hoarder(server.address());
    hoarder.send(post_head_of(100) + std::string(99, 'x'));  // 99 s, if all of it counted
    CHECK(hoarder.read_response().status == 408);
}

TEST_CASE("a client that doesn't read its answer is cut off, and the others don't notice",
          "[06][deadline]") {
    const ServerProcess server =
        start({"--write-timeout", "0.2", "--max-body", "33554432"});
    Client greedy(server.address(), {.receive_buffer_bytes = 4096});
    const std::string item(32 * 1024 * 1024, 'x');
    greedy.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: " +
                std::to_string(item.size()) + "\r\n\r\n" + item);
    REQUIRE(greedy.read_response().status == 200);
    Client healthy(server.address());
    healthy.send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
    REQUIRE(healthy.read_response().status == 200);
    greedy.send("GET /items/1 HTTP/1.1\r\nHost: test\r\n\r\n");  // and reads nothing of it
    wait_until("the greedy one to be cut", [&] {
        return metric(server, "six_connections") == 2;  // the healthy one, and who asks
    });
    healthy.send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
    CHECK(healthy.read_response().status == 200);
    try {
        CHECK(greedy.read_until_end().size() < item.size());
    } catch (const WaitFailed&) {
        SUCCEED("the connection was reset");
    }
}

TEST_CASE("a client waits for the database so long and no longer", "[06][deadline]") {
    const ServerProcess server =
        start({"--handler-timeout", "0.05", "--save-delay", "300"});
    Client client(server.address());
    client.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nitem");
    const Response answer = client.read_response();
    CHECK(answer.status == 503);
    CHECK(answer.field("Retry-After") == "1");
    CHECK(answer.says_close());
    // It was told that it isn't known, not that the item is not saved.
    Client later(server.address());
    wait_until("the item to be there", [&] {
        later.send("GET /items/1 HTTP/1.1\r\nHost: test\r\n\r\n");
        return later.read_response().status == 200;
    });
}

TEST_CASE("for each part of a large item the database has its time anew",
          "[06][deadline]") {
    House house{{}};  // the database may take 3 s, a client 2 s to read
    house.client().send(get("/items/2"));
    house.settle();
    while (house.database().asked()) {
        house.let_pass(2500ms);
        house.database().answer_oldest();
        house.settle();
        while (house.client().read(4096)) house.settle();
    }
    CHECK(house.client().received().ends_with(std::string(14'000, '2')));
    CHECK_NOTHROW(house.end());
}

TEST_CASE("a database that never finds the next part of an item is waited for in vain",
          "[06][deadline]") {
    House house{{}};
    house.client().send(get("/items/2"));
    house.settle();
    house.database().answer_oldest();
    house.settle();
    while (house.client().read(4096)) house.settle();
    REQUIRE(house.database().asked());
    house.let_pass(2900ms);
    CHECK_FALSE(house.client().read(4096));
    CHECK_FALSE(house.client().ended());
    house.let_pass(200ms);
    while (house.client().read(4096)) continue;
    CHECK(house.client().ended());
    CHECK_NOTHROW(house.end());
}

TEST_CASE("a time limit of nothing is refused", "[06][deadline]") {
    for (const char* const limit :
         {"--idle-timeout", "--head-timeout", "--body-timeout", "--handler-timeout",
          "--write-timeout", "--store-timeout"}) {
        ServerProcess server{
            {SIX_SERVER_PATH, {"--port", "0", "--database", ":memory:", limit, "0"}}};
        CHECK(server.wait_for_exit() == Exit{2});
        CHECK_THAT(server.stderr_text(), Catch::Matchers::ContainsSubstring(limit));
    }
}

TEST_CASE("between two requests a client may rest for longer than within one",
          "[06][deadline]") {
    const ServerProcess server =
        start({"--head-timeout", "0.05", "--body-timeout", "0.05"});
    Client client(server.address());
    for (int i = 0; i < 2; ++i) {
        // Longer than the other deadlines, which must not be running now.
        Client other(server.address());
        other.send("GET ");
        REQUIRE(other.read_response().status == 408);

        client.send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
        CHECK(client.read_response().status == 200);
    }
}
