// What chapter 02 claims of its two models.
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/skip.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;

namespace {

ServerProcess start(std::vector<std::string> options) {
    options.insert(options.end(), {"--database", ":memory:"});
    return start_server(SIX_SERVER_PATH, options);
}

ServerProcess start_pool(int threads, int queue) {
    return start({"--model", "pool", "--threads", std::to_string(threads), "--queue",
                  std::to_string(queue)});
}

}  // namespace

TEST_CASE("slow clients overlap, and a healthy one is answered before them",
          "[02][claim]") {
    const ServerProcess server = start({});
    SlowClients slow(server.address(), 100);
    slow.wait_until_in_service();
    CHECK(answered_before_release(server.address()));
    CHECK_FALSE(slow.any_answered());
    CHECK(slow.release_all() == 100);
}

TEST_CASE("each connection costs a thread, and gives it back", "[02][claim]") {
    const ServerProcess server = start({});
    if (!server.threads()) SIX_SKIP("this system has no /proc");
    {
        SlowClients slow(server.address(), 50);
        slow.wait_until_in_service();
        CHECK(*server.threads() == 51);
        CHECK(slow.release_all() == 50);
    }
    wait_until("the threads to end", [&] { return *server.threads() == 1; });
}

TEST_CASE(
    "5,000 slow clients have 5,000 threads, and a healthy one is answered before them",
    "[02][claim][5000]") {
    SIX_NEEDS_DESCRIPTORS(5000);
    SIX_NEEDS_THREADS(5001);
    const ServerProcess server = start({});
    SlowClients slow(server.address(), 5000);
    slow.wait_until_in_service();
    if (const auto threads = server.threads()) CHECK(*threads == 5001);
    CHECK(answered_before_release(server.address()));
    CHECK_FALSE(slow.any_answered());
    CHECK(slow.release_all() == 5000);
}

TEST_CASE("a pool of N serves N slow clients and starves the rest", "[02][claim]") {
    const ServerProcess server = start_pool(4, 100);
    SlowClients slow(server.address(), 4);
    slow.wait_until_in_service();
    WaitingClient healthy(server.address());
    CHECK(slow.release(0) == 1);
    CHECK(healthy.answered_after_release());
}

TEST_CASE("with a pool of 64, 5,000 slow clients make the healthy one wait",
          "[02][claim][5000]") {
    SIX_NEEDS_DESCRIPTORS(5000);
    const ServerProcess server = start_pool(64, 10'000);
    SlowClients slow(server.address(), 5000);
    slow.wait_until_in_service(64);
    if (const auto threads = server.threads()) CHECK(*threads == 65);
    WaitingClient healthy(server.address());
    CHECK_FALSE(slow.any_answered());
    CHECK(slow.release_all() == 5000);
    CHECK(healthy.answered_after_release());
}

TEST_CASE("when the pool's queue is full, the next client is refused with 503",
          "[02][claim]") {
    const ServerProcess server = start_pool(1, 1);
    SlowClients in_service(server.address(), 1);
    in_service.wait_until_in_service();
    SlowClients queued(server.address(), 1);

    Client refused(server.address());
    const Response answer = refused.read_response();
    CHECK(answer.status == 503);
    CHECK(answer.field("Retry-After"));
    CHECK(answer.says_close());

    CHECK(in_service.release_all() == 1);
    queued.wait_until_in_service();
    CHECK(queued.release_all() == 1);
}
