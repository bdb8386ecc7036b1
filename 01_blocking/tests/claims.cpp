// What chapter 01 claims of its server.
#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;

namespace {

ServerProcess start() {
    return start_server(SIX_SERVER_PATH, {"--database", ":memory:"});
}

}  // namespace

TEST_CASE("a client that sends its head and pauses holds up everyone", "[01][claim]") {
    const ServerProcess server = start();
    SlowClients slow(server.address(), 1);
    slow.wait_until_in_service();

    WaitingClient healthy(server.address());
    CHECK(slow.release(0) == 1);
    CHECK(healthy.answered_after_release());
}

TEST_CASE("clients are served one after another, in the order in which they came",
          "[01][claim]") {
    const ServerProcess server = start();
    SlowClients slow(server.address(), 3);
    slow.wait_until_in_service(1);
    CHECK(slow.release(0) == 1);
    slow.wait_until_in_service(2);
    CHECK(slow.release(1) == 2);
    slow.wait_until_in_service(3);
    CHECK(slow.release(2) == 3);
}

TEST_CASE("one thread is all there is, however many wait at the door", "[01][claim]") {
    const ServerProcess server = start();
    SlowClients slow(server.address(), 100);
    slow.wait_until_in_service(1);
    if (const auto threads = server.threads()) CHECK(*threads == 1);
    CHECK_FALSE(slow.any_answered());
}
