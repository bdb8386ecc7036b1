// What chapter 05 claims of its server.
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/one_thread_claims.hpp"

using namespace six::testing;

namespace {

ServerProcess start(std::vector<std::string> options) {
    options.insert(options.end(), {"--database", ":memory:"});
    return start_server(SIX_SERVER_PATH, options);
}

/// Too little for a buffer while nothing is read.
constexpr ClientMemory most_memory{.idle = 1'250, .body_waited = 3'430};

}  // namespace

TEST_CASE("1,000 slow clients on one thread don't hold up a healthy one", "[05][claim]") {
    const ServerProcess server = start({"--save-on", "loop"});
    check_slow_clients(server, {.clients = 1000, .threads = 1});
}

TEST_CASE("5,000 slow clients need one thread and the pool's", "[05][claim][5000]") {
    const ServerProcess server = start({"--threads", "4"});
    check_slow_clients(server, {.clients = 5000, .threads = 5});
}

TEST_CASE("a save on the loop's thread delays everybody", "[05][claim]") {
    const ServerProcess server = start({"--save-on", "loop", "--save-delay", "300"});
    CHECK_FALSE(answered_during_save(server.address()));
}

TEST_CASE("a save on the pool delays nobody", "[05][claim]") {
    const ServerProcess server = start({"--save-on", "pool", "--save-delay", "2000"});
    CHECK(answered_during_save(server.address()));
}

TEST_CASE("when the pool's queue is full, the next save is refused with 503",
          "[05][claim]") {
    const ServerProcess server =
        start({"--threads", "1", "--queue", "1", "--save-delay", "2000"});
    check_full_queue(server.address());
}

TEST_CASE("items whose clients vanish during the save are saved all the same",
          "[05][claim]") {
    check_vanishing_clients(SIX_SERVER_PATH);
}

TEST_CASE("the second request overtakes the first, on one thread", "[05][claim]") {
    const ServerProcess server = start({"--save-on", "loop"});
    SlowClients clients(server.address(), 2);
    clients.wait_until_in_service();
    if (const auto threads = server.threads()) CHECK(*threads == 1);
    CHECK(clients.release(1) == 1);  // second in, first out
    CHECK(clients.release(0) == 2);
}

TEST_CASE("ten thousand idle connections cost little", "[05][claim][10000]") {
    const ServerProcess server = start({});
    check_client_memory(server, 10'000, most_memory);
}
