// What chapter 06 claims of its server.
#include <csignal>
#include <string>
#include <vector>

#include "04_event_loop/poller.hpp"
#include "06_full_server/tests/full_server.hpp"
#include "common/testing/one_thread_claims.hpp"

using namespace six::testing;
using namespace six::full::test;

constexpr long writer_and_reader = 2;

/// Too little for a buffer while nothing is read.
constexpr ClientMemory most_memory{.idle = 1'000, .body_waited = 4'096};

TEST_CASE("5,000 slow clients need one loop, the writer and the reader",
          "[06][claim][5000]") {
    for (const std::string& poller : six::poller_names()) {
        INFO("poller: " << poller);
        const ServerProcess server = start({"--poller", poller});
        check_slow_clients(server, {.clients = 5000, .threads = 1 + writer_and_reader});
    }
}

TEST_CASE("clients are dealt out to all loops, and each loop serves its own",
          "[06][claim]") {
    const ServerProcess server = start({"--loops", "4"});
    check_slow_clients(server, {.clients = 1000, .threads = 4 + writer_and_reader});
}

TEST_CASE("each loop gets as many clients as any other", "[06][loops]") {
    const ServerProcess server = start({"--loops", "4"});
    std::vector<Client> clients;
    for (int i = 0; i < 40; ++i) {
        clients.emplace_back(server.address());
        clients.back().send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
        REQUIRE(clients.back().read_response().status == 200);
    }
    clients[0].send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
    const std::string page = clients[0].read_response().body;
    for (const char* loop : {"0", "1", "2", "3"})
        CHECK_THAT(page,
                   Catch::Matchers::ContainsSubstring("\nsix_loop_connections{loop=\"" +
                                                      std::string(loop) + "\"} 10\n"));
}

TEST_CASE("a save delays nobody but its client", "[06][claim]") {
    const ServerProcess server = start({"--save-delay", "2000"});
    CHECK(answered_during_save(server.address()));
}

TEST_CASE("items whose clients vanish during the save are saved all the same",
          "[06][claim]") {
    check_vanishing_clients(SIX_SERVER_PATH);
}

TEST_CASE("ten thousand idle connections cost little", "[06][claim][10000]") {
    // Nobody leaves, however long it takes until all are there.
    const ServerProcess server = start({"--idle-timeout", "600", "--body-timeout", "600"});
    check_client_memory(server, 10'000, most_memory);
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
