// What all clients together may take, and one of them.
#include <csignal>
#include <string>
#include <vector>

#include "06_full_server/tests/full_server.hpp"
#include "06_full_server/tests/scripted_house.hpp"
#include "common/items/item_store.hpp"
#include "common/testing/skip.hpp"

using namespace six::testing;
using namespace six::full::test;

TEST_CASE("when all places are taken, who comes next waits for one", "[06][limits]") {
    const std::string loops = GENERATE("1", "2");
    const ServerProcess server = start({"--max-connections", "2", "--loops", loops});
    const std::string health = "GET /health HTTP/1.1\r\nHost: test\r\n\r\n";
    std::vector<Client> inside;
    for (int i = 0; i < 2; ++i) {
        inside.emplace_back(server.address()).send(health);
        REQUIRE(inside.back().read_response().status == 200);
    }
    Client outside(server.address());
    outside.send(health);
    for (int i = 0; i < 100; ++i) {  // in which it could well have been accepted
        inside[0].send(health);
        REQUIRE(inside[0].read_response().status == 200);
    }
    CHECK_FALSE(outside.has_news());
    inside.pop_back();
    CHECK(outside.read_response().status == 200);
}

TEST_CASE("an address that has its share of places is refused, and has it again later",
          "[06][limits]") {
    const std::string loops = GENERATE("1", "2");
    const ServerProcess server = start({"--max-per-address", "2", "--loops", loops});
    const std::string health = "GET /health HTTP/1.1\r\nHost: test\r\n\r\n";
    std::vector<Client> inside;
    for (int i = 0; i < 2; ++i) {
        inside.emplace_back(server.address()).send(health);
        REQUIRE(inside.back().read_response().status == 200);
    }
    const Response no = Client(server.address()).read_response();
    CHECK(no.status == 503);
    CHECK(no.says_close());
    inside.pop_back();
    wait_until("the place to be free", [&] {
        try {
            Client next(server.address());
            next.send(health);
            return next.read_response().status == 200;
        } catch (const WaitFailed&) {
            return false;  // refused, and gone before it had asked
        }
    });
}

TEST_CASE("bodies that are too many together are refused, and each is served alone",
          "[06][limits]") {
    const ServerProcess server = start({"--max-memory", "100000"});
    const std::string head =
        "POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 60000\r\n\r\n";
    Client first(server.address());
    first.send(head + std::string(59'999, 'x'));
    wait_until("the first body to be kept",
               [&] { return metric(server, "six_kept_bytes") == 59'999; });
    Client second(server.address());
    second.send(head + std::string(60'000, 'x'));
    CHECK(second.read_response().status == 503);

    first.send("x");
    CHECK(first.read_response().status == 200);
    Client third(server.address());
    third.send(head + std::string(60'000, 'x'));
    const Response response = third.read_response();
    INFO(response.body);
    CHECK(response.status == 200);
}

TEST_CASE("answers that nobody reads cost memory up to a limit", "[06][limits]") {
    constexpr std::size_t item_bytes = 8 * 1024 * 1024;  // more than a socket's buffers
    constexpr std::int64_t kept = six::ItemStore::piece_bytes;
    const ServerProcess server =
        start({"--max-memory", std::to_string(5 * kept / 2), "--max-body", "8388608"});
    Client client(server.address());
    client.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: " +
                std::to_string(item_bytes) + "\r\n\r\n" + std::string(item_bytes, 'x'));
    REQUIRE(client.read_response().status == 200);

    const std::string get = "GET /items/1 HTTP/1.1\r\nHost: test\r\n\r\n";
    std::vector<Client> readers;
    for (int i = 0; i < 2; ++i) {
        readers.emplace_back(server.address()).send(get);
        wait_until("the answer to be kept",
                   [&] { return metric(server, "six_kept_bytes") == (i + 1) * kept; });
    }
    client.send(get);
    CHECK(client.read_response().status == 503);
    for (Client& reader : readers) CHECK(reader.read_response().body.size() == item_bytes);
}

TEST_CASE("whatever many clients leave unread, the memory stays within its limit",
          "[06][limits]") {
    SIX_NEEDS_MEMORY_FIGURES();
    constexpr std::size_t item_bytes = 8 * 1024 * 1024;  // more than a socket's buffers
    constexpr int readers = 100, mib = 1024 * 1024;
    const ServerProcess server =
        start({"--max-memory", std::to_string(4 * mib), "--max-body", "8388608"});
    Client client(server.address());
    client.send(post_head_of(item_bytes) + std::string(item_bytes, 'x'));
    REQUIRE(client.read_response().status == 200);

    const long before = *server.resident_kib();
    std::vector<Client> clients;
    for (int i = 0; i < readers; ++i)
        clients
            .emplace_back(server.address(), Client::Options{.receive_buffer_bytes = 4096})
            .send(get("/items/1"));
    wait_until("all to have an answer, or the beginning of one", [&] {
        const std::string page = figures(server);
        std::int64_t answered = 0;
        for (const char* const status : {"200", "503"}) {
            const std::string name = R"(six_requests_total{route="find_item",status=")" +
                                     std::string(status) + "\"}";
            if (page.find(name) != page.npos) answered += figure(page, name);
        }
        return answered == readers;
    });
    CHECK(metric(server, "six_kept_bytes") <= 4 * mib);
    CHECK(*server.resident_kib() - before < 12 * mib / 1024);  // for all, it were 25
}

TEST_CASE("a client that holds a place while the server drains holds up nobody",
          "[06][limits]") {
    ServerProcess server = start({"--max-connections", "1"});
    Client inside(server.address());
    inside.send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
    REQUIRE(inside.read_response().status == 200);
    Client outside(server.address());
    server.signal(SIGTERM);
    CHECK(server.wait_for_exit() == Exit{0});
}

TEST_CASE("bodies of saves that were given up count until they are saved", "[06][limits]") {
    const ServerProcess server =
        start({"--handler-timeout", "0.1", "--save-delay", "60000", "--max-memory",
               "2500000", "--max-body", "1000000"});
    const auto status_of_a_megabyte = [&] {
        Client client(server.address());
        client.send(post_head_of(1'000'000) + std::string(1'000'000, 'x'));
        return client.read_response();
    };
    CHECK(status_of_a_megabyte().body == R"({"error": "the database took too long"})");
    CHECK(status_of_a_megabyte().body == R"({"error": "the database took too long"})");
    CHECK(status_of_a_megabyte().body == R"({"error": "the database is too far behind"})");
}

TEST_CASE("a head that is not complete counts, but for what most heads have",
          "[06][limits]") {
    const ServerProcess server = start({"--max-memory", "20000"});
    const std::string begun = "GET /health HTTP/1.1\r\nHost: test\r\nA: ";
    Client small(server.address());
    small.send(begun + std::string(100, 'x'));
    Client first(server.address());
    first.send(begun + std::string(12'000, 'x'));
    wait_until("it to be kept", [&] { return metric(server, "six_kept_bytes") >= 11'000; });
    Client second(server.address());
    second.send(begun + std::string(12'000, 'x'));
    CHECK(second.read_response().status == 503);
    CHECK(second.read_until_end().empty());

    first.send("\r\n\r\n");
    CHECK(first.read_response().status == 200);
    small.send("\r\n\r\n");
    CHECK(small.read_response().status == 200);
    CHECK(metric(server, "six_kept_bytes") == 0);
}

TEST_CASE("requests that are sent ahead count until it is their turn", "[06][limits]") {
    constexpr std::size_t item_bytes = 8 * 1024 * 1024;  // more than a socket's buffers
    const ServerProcess server = start({"--max-body", std::to_string(item_bytes)});
    Client client(server.address());
    client.send(post_head_of(item_bytes) + std::string(item_bytes, 'x'));
    REQUIRE(client.read_response().status == 200);

    std::string ahead;  // empty lines before the next request
    while (ahead.size() < 12'000) ahead += "\r\n";
    client.send(get("/items/1") + ahead);
    constexpr auto piece = static_cast<std::int64_t>(six::ItemStore::piece_bytes);
    wait_until("both to be kept",
               [&] { return metric(server, "six_kept_bytes") > piece + 11'000 - 1024; });
    CHECK(client.read_response().body.size() == item_bytes);
    wait_until("nothing to be kept", [&] { return metric(server, "six_kept_bytes") == 0; });
}

TEST_CASE("of the requests that a client sends together one is served at a time",
          "[06][limits]") {
    House house{{}};
    house.client().send(post_head_of(1) + "a" + post_head_of(1) + "b");
    house.settle();
    CHECK(house.database().figures().queued == 1);
    house.database().answer_oldest();
    house.settle();
    CHECK(house.database().figures().queued == 1);
    house.database().answer_oldest();
    CHECK_NOTHROW(house.end());
    CHECK(house.database().items.size() == 4);  // two were there before
}

TEST_CASE("when nobody is let in any more, an answer is its connection's last",
          "[06][shutdown]") {
    House house{{}};
    house.client().send(post_head_of(1));
    house.settle();
    house.close();
    house.client().send("a");
    house.settle();
    house.database().answer_oldest();
    house.settle();
    while (house.client().read(4096)) continue;
    CHECK_THAT(house.client().received(),
               Catch::Matchers::ContainsSubstring("\r\nConnection: close\r\n"));
    CHECK(house.client().ended());
    CHECK_NOTHROW(house.end());
}

TEST_CASE("when too many saves wait for the disk, the next one is refused at once",
          "[06][limits]") {
    const ServerProcess server = start({"--save-delay", "1500", "--queue", "4"});
    const auto save = [&] {
        Client client(server.address());
        client.send(post_head_of(1) + "x");
        return client;
    };
    std::vector<Client> waiting;
    waiting.push_back(save());
    // Who asks for a figure connects first: when it is told that the body is here, the next
    // one to ask finds it in the queue, or with the writer.
    wait_until("the body to be here",
               [&] { return metric(server, "six_kept_bytes") == 1; });
    wait_until("the writer to have it",
               [&] { return metric(server, "six_commit_queue") == 0; });
    for (int i = 0; i < 4; ++i) waiting.push_back(save());
    wait_until("the queue to be full",
               [&] { return metric(server, "six_commit_queue") == 4; });

    for (int i = 0; i < 3; ++i) {
        const Response refused = save().read_response();
        CHECK(refused.status == 503);
        CHECK(refused.field("Retry-After") == "1");
    }
    Client healthy(server.address());
    healthy.send(get("/health"));
    CHECK(healthy.read_response().status == 200);
    for (Client& client : waiting) CHECK_FALSE(client.has_news());
    for (Client& client : waiting) CHECK(client.read_response().status == 200);
    CHECK(metric(server, "six_committed_items_total") == 5);
}
