// What chapter 06 claims of its server.
#include <poll.h>

#include <algorithm>
#include <csignal>
#include <sstream>
#include <string>
#include <vector>

#include "04_event_loop/poller.hpp"
#include "common/items/item_store.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/one_thread_claims.hpp"
#include "common/testing/skip.hpp"

using namespace six::testing;

namespace {

ServerProcess start(std::vector<std::string> options) {
    options.insert(options.end(), {"--database", ":memory:"});
    return start_server(SIX_SERVER_PATH, options);
}

constexpr long writer_and_readers = 3;

std::string post_head_of(std::size_t body_bytes) {
    return "POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: " +
           std::to_string(body_bytes) + "\r\n\r\n";
}

std::string hexadecimal(std::size_t number) {
    std::ostringstream text;
    text << std::hex << number;
    return text.str();
}

/// A figure of `GET /metrics`.
std::int64_t metric(const ServerProcess& server, const std::string& name) {
    Client client(server.address());
    client.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
    const std::string page = client.read_response().body;
    const auto line = page.find("\n" + name + " ");
    REQUIRE(line != std::string::npos);
    return std::stoll(page.substr(line + 1 + name.size()));
}

}  // namespace

TEST_CASE("5,000 slow clients need one loop, the writer and the readers",
          "[06][claim][5000]") {
    for (const std::string& poller : six::poller_names()) {
        INFO("poller: " << poller);
        const ServerProcess server = start({"--poller", poller});
        check_slow_clients(server, {.clients = 5000, .threads = 1 + writer_and_readers});
    }
}

TEST_CASE("clients are dealt out to all loops, and each loop serves its own",
          "[06][claim]") {
    const ServerProcess server = start({"--loops", "4"});
    check_slow_clients(server, {.clients = 1000, .threads = 4 + writer_and_readers});
}

TEST_CASE("a save delays nobody but its client", "[06][claim]") {
    const ServerProcess server = start({"--save-delay", "2000"});
    CHECK(answered_during_save(server.address()));
}

TEST_CASE("an item whose client vanishes during the save is saved all the same",
          "[06][claim]") {
    const ServerProcess server = start({"--save-delay", "300"});
    check_vanishing_client(server.address());
}

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
    CHECK(third.read_response().status == 200);
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

TEST_CASE("a large upload costs no more memory than a small one", "[06][upload]") {
    constexpr std::size_t mib = 1024 * 1024;
    const TemporaryDirectory directory;
    const ServerProcess server =
        start_server(SIX_SERVER_PATH, {"--database", directory.file("items.db"),
                                       "--max-body", std::to_string(512 * mib)});
    const auto save = [&](std::size_t mebibytes) {
        Client client(server.address());
        client.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: " +
                    std::to_string(mebibytes * mib) + "\r\n\r\n");
        for (std::size_t i = 0; i < mebibytes; ++i)
            client.send(std::string(mib, static_cast<char>('a' + i % 26)));
        const Response answer = client.read_response();
        REQUIRE(answer.status == 200);
        return answer.body;
    };
    CHECK(save(2) == R"({"pk": 1})");
    const auto small_kib = server.peak_resident_kib();
    CHECK(save(24) == R"({"pk": 2})");
    Client client(server.address());
    client.send("GET /items/2 HTTP/1.1\r\nHost: test\r\n\r\n");
    const std::string item = client.read_response().body;
    CHECK(item.size() == 24 * mib);
    for (std::size_t i = 0; i < 24; ++i)
        CHECK(item.at(i * mib + i) == static_cast<char>('a' + i % 26));
    SIX_NEEDS_MEMORY_FIGURES();
    CHECK(*server.peak_resident_kib() - *small_kib < 8 * 1024);
}

TEST_CASE("an upload in chunks is saved, small or large", "[06][upload]") {
    const TemporaryDirectory directory;
    const ServerProcess server =
        start_server(SIX_SERVER_PATH,
                     {"--database", directory.file("items.db"), "--max-body", "10000000"});
    const std::size_t size = GENERATE(1u, 4'000'000u);
    Client client(server.address());
    client.send("POST /items HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::size_t left = size;
    while (left > 0) {
        const std::size_t chunk = std::min<std::size_t>(left, 0x10000);
        client.send(hexadecimal(chunk) + "\r\n" + std::string(chunk, 'x') + "\r\n");
        left -= chunk;
    }
    client.send("0\r\n\r\n");
    CHECK(client.read_response().body == R"({"pk": 1})");
    client.send("GET /items/1 HTTP/1.1\r\nHost: test\r\n\r\n");
    CHECK(client.read_response().body == std::string(size, 'x'));
    client.send("HEAD /items/1 HTTP/1.1\r\nHost: test\r\n\r\n");
    CHECK(client.read_response_to_head().content_length() == size);
}

TEST_CASE("others save while an upload is on its way", "[06][upload]") {
    const TemporaryDirectory directory;
    const ServerProcess server =
        start_server(SIX_SERVER_PATH,
                     {"--database", directory.file("items.db"), "--max-body", "10000000"});
    Client slow(server.address());
    slow.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 2000001\r\n\r\n" +
              std::string(2'000'000, 'x'));
    for (int i = 0; i < 10; ++i) {
        Client client(server.address());
        client.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx");
        CHECK(client.read_response().status == 200);
    }
    slow.send("x");
    CHECK(slow.read_response().status == 200);
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

TEST_CASE("ten thousand idle connections cost little", "[06][claim][10000]") {
    const ServerProcess server = start({});
    check_idle_clients(server, 10'000, 6 * 1024);
}

TEST_CASE("saves that were given up don't hold up the end", "[06][drain]") {
    ServerProcess server = start(
        {"--handler-timeout", "0.1", "--save-delay", "60000", "--drain-timeout", "0.3"});
    Client client(server.address());
    client.send(post_head_of(1) + "x");
    REQUIRE(client.read_response().status == 503);  // while the writer goes on for a minute
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

TEST_CASE("uploads that are too many for the disk are refused", "[06][upload]") {
    const TemporaryDirectory directory;
    const ServerProcess server =
        start_server(SIX_SERVER_PATH, {"--database", directory.file("items.db"),
                                       "--max-body", "10000000", "--max-spool", "3"});
    Client first(server.address());
    first.send(post_head_of(2'000'001) + std::string(2'000'000, 'x'));
    Client second(server.address());
    second.send(post_head_of(2'000'001) + std::string(2'000'001, 'x'));
    CHECK(second.read_response().status == 503);
    first.send("x");
    CHECK(first.read_response().status == 200);
    Client third(server.address());
    third.send(post_head_of(2'000'001) + std::string(2'000'001, 'x'));
    CHECK(third.read_response().status == 200);  // there is room again
}

TEST_CASE("clients that come while several loops drain are answered or turned away",
          "[06][loops][drain]") {
    for (int round = 0; round < 10; ++round) {
        ServerProcess server = start({"--loops", "3", "--drain-timeout", "10"});
        int answered = 0;
        try {
            for (int i = 0; i < 300; ++i) {
                if (i == 30) server.signal(SIGTERM);
                Client client(server.address());
                client.send(post_head_of(1) + "x");
                client.half_close();
                const std::string answer = client.read_until_end();
                CHECK((answer.empty() || answer.starts_with("HTTP/1.1 200 ")));
                answered += answer.empty() ? 0 : 1;
            }
        } catch (const std::exception&) {
            // It listens no more.
        }
        CHECK(answered >= 30);
        CHECK(server.wait_for_exit() == Exit{0});
    }
}
