// What chapter 04 claims of its server.
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "04_event_loop/event_loop.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/one_thread_claims.hpp"

using namespace six::testing;
using namespace std::chrono_literals;

namespace {

ServerProcess start(std::vector<std::string> options) {
    options.insert(options.end(), {"--database", ":memory:"});
    return start_server(SIX_SERVER_PATH, options);
}

}  // namespace

TEST_CASE("1,000 slow clients on one thread don't hold up a healthy one", "[04][claim]") {
    for (const std::string& poller : six::poller_names()) {
        INFO("poller: " << poller);
        const ServerProcess server = start({"--save-on", "loop", "--poller", poller});
        check_slow_clients(server, {.clients = 1000, .threads = 1});
    }
}

TEST_CASE("5,000 slow clients need one thread and the pool's", "[04][claim][5000]") {
    for (const std::string& poller : six::poller_names()) {
        INFO("poller: " << poller);
        const ServerProcess server = start({"--threads", "4", "--poller", poller});
        check_slow_clients(server, {.clients = 5000, .threads = 5});
    }
}

TEST_CASE("a save on the loop's thread delays everybody", "[04][claim]") {
    const ServerProcess server = start({"--save-on", "loop", "--save-delay", "300"});
    CHECK_FALSE(answered_during_save(server.address()));
}

TEST_CASE("a save on the pool delays nobody", "[04][claim]") {
    const ServerProcess server = start({"--save-on", "pool", "--save-delay", "2000"});
    CHECK(answered_during_save(server.address()));
}

TEST_CASE("when the pool's queue is full, the next save is refused with 503",
          "[04][claim]") {
    const ServerProcess server =
        start({"--threads", "1", "--queue", "1", "--save-delay", "2000"});
    check_full_queue(server.address());
}

TEST_CASE("items whose clients vanish during the save are saved all the same",
          "[04][claim]") {
    check_vanishing_clients(SIX_SERVER_PATH);
}

TEST_CASE("a callback that computes holds up everything else on its loop", "[04][claim]") {
    six::EventLoop loop;
    std::vector<std::string> order;
    loop.call_after(1ms, [&] { order.push_back("a timer"); });
    loop.post([&] {
        // Until long after the timer was due, and the other thread has posted.
        std::thread other([&] { loop.post([&] { order.push_back("a post"); }); });
        other.join();
        const auto due = std::chrono::steady_clock::now() + 2ms;
        while (std::chrono::steady_clock::now() < due) {}
        order.push_back("computed");
    });
    while (order.size() < 3) loop.run_once();
    CHECK(order.front() == "computed");
}
