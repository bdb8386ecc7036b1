// The contract: a client may ask as fast as it can, and the others are served all the same.
// (Who serves each with a thread leaves that to the kernel: there it is not asked.)
#include <algorithm>
#include <csignal>
#include <string>

#include "common/testing/contract.hpp"
#include "common/trace/summary.hpp"

using namespace six::testing;
using six::trace::State;

namespace {

constexpr int many = 300;  // so few that all answers find room in the kernel

Client connected(const Server& server) {
    Client client = server.connect();
    client.send(get("/health"));
    CHECK(client.read_response().status == 200);
    return client;
}

/// How many requests were done before the first that went to the database.
std::size_t done_before_database(const std::string& trace) {
    std::size_t done = 0;
    for (const six::trace::Entry& entry : six::trace::read(trace)) {
        if (entry.state == State::waiting_for_database) return done;
        if (entry.state == State::done) ++done;
    }
    throw std::runtime_error("no request went to the database");
}

}  // namespace

TEST_CASE("a client that has many requests waiting does not keep another from its turn",
          "[contract][clients][keep-alive][loop]") {
    SIX_NEEDS_OWN_SERVER();
    SIX_NEEDS_KEEP_ALIVE();
    const TemporaryDirectory directory;
    const std::string trace = directory.file("trace.json");
    Server server({"--trace", trace});
    Client greedy = connected(server);
    Client modest = connected(server);

    // When the server looks again, all of this is there, the greedy client's first.
    server.signal(SIGSTOP);
    std::string requests;
    for (int i = 1; i < many; ++i) requests += get("/health");
    greedy.send(requests + request("GET", "/health", connection_close));
    modest.send(get("/items/1"));
    server.signal(SIGCONT);

    CHECK(modest.read_response().status == 404);
    CHECK(!greedy.read_until_end().empty());
    server.signal(SIGTERM);
    REQUIRE(server.process().wait_for_exit() == Exit{0});
    CHECK(done_before_database(trace) < many / 2);
}
