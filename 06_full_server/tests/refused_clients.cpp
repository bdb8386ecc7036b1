// Clients for which the full server has no room: what they get, and what they cost.
#include <csignal>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/skip.hpp"

using namespace six::testing;

namespace {

ServerProcess start_for_one_client() {
    return start_server(SIX_SERVER_PATH,
                        {"--database", ":memory:", "--max-per-address", "1"});
}

}  // namespace

TEST_CASE("a client that is refused can read why, though it has sent all of its request",
          "[06][limits]") {
    const ServerProcess server = start_for_one_client();
    const std::string request =
        "POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nitem";
    Client inside(server.address());
    inside.send(request);
    REQUIRE(inside.read_response().status == 200);

    server.signal(SIGSTOP);  // so that the request is there before the client is accepted
    Client refused(server.address());
    refused.send(request);
    server.signal(SIGCONT);
    CHECK(refused.read_response().status == 503);
    CHECK(refused.read_until_end() == "");              // throws at a reset
    for (int i = 0; i < 3; ++i) refused.send(request);  // and so does this
}

TEST_CASE("clients that are refused hold few descriptors, and not for long",
          "[06][limits]") {
    const ServerProcess server = start_for_one_client();
    Client inside(server.address());
    inside.send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
    REQUIRE(inside.read_response().status == 200);
    const auto before = server.open_descriptors();
    if (!before) SIX_SKIP("this system has no /proc");
    std::vector<Client> refused;  // and none of them ends its side
    for (int i = 0; i < 300; ++i) {
        refused.emplace_back(server.address());
        CHECK(refused.back().read_response().status == 503);
    }
    constexpr long seen_off = 100;  // and the one that is being closed
    CHECK(*server.open_descriptors() <= *before + seen_off + 1);
    wait_until("the server to let go of them",
               [&] { return *server.open_descriptors() <= *before; });
}
