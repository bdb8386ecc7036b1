// Bodies that are too large for the memory.
#include <algorithm>
#include <csignal>
#include <sstream>
#include <string>

#include "06_full_server/tests/full_server.hpp"
#include "common/testing/skip.hpp"

using namespace six::testing;
using namespace six::full::test;

namespace {

std::string hexadecimal(std::size_t number) {
    std::ostringstream text;
    text << std::hex << number;
    return text.str();
}

}  // namespace

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

TEST_CASE("uploads that are too many for the disk are refused", "[06][upload]") {
    const TemporaryDirectory directory;
    const ServerProcess server =
        start_server(SIX_SERVER_PATH, {"--database", directory.file("items.db"),
                                       "--max-body", "10000000", "--max-spool", "3"});
    Client first(server.address());
    first.send(post_head_of(2'000'001) + std::string(2'000'000, 'x'));
    wait_until("the server to have it",
               [&] { return metric(server, "six_received_bytes_total") >= 2'000'000; });
    Client second(server.address());
    second.send(post_head_of(2'000'001) + std::string(2'000'001, 'x'));
    CHECK(second.read_response().status == 503);
    first.send("x");
    CHECK(first.read_response().status == 200);
    Client third(server.address());
    third.send(post_head_of(2'000'001) + std::string(2'000'001, 'x'));
    CHECK(third.read_response().status == 200);  // there is room again
}

TEST_CASE("an upload that its client no longer waits for is saved before the end",
          "[06][upload]") {
    const TemporaryDirectory directory;
    const std::vector<std::string> options{"--database", directory.file("items.db"),
                                           "--max-body", "4000000"};
    const std::string item(2'000'000, 'x');
    std::vector<std::string> slow = options;
    slow.insert(slow.end(), {"--handler-timeout", "0.5", "--save-delay", "2000"});
    ServerProcess server = start_server(SIX_SERVER_PATH, slow);
    Client client(server.address());
    client.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 2000000\r\n\r\n" +
                item);
    CHECK(client.read_response().status == 503);
    client.close();
    server.signal(SIGTERM);
    CHECK(server.wait_for_exit() == Exit{0});

    const ServerProcess next = start_server(SIX_SERVER_PATH, options);
    Client reader(next.address());
    reader.send("GET /items/1 HTTP/1.1\r\nHost: test\r\n\r\n");
    CHECK(reader.read_response().body == item);
}
