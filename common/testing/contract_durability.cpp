// The contract: 200 means that the item is on the disk. Watched from outside, through the
// order of the server's system calls (sync_log.hpp).
#include <csignal>
#include <cstdlib>
#include <map>

#include "common/testing/contract.hpp"
#include "common/testing/files.hpp"
#include "common/testing/slow_clients.hpp"
#include "common/testing/sync_log.hpp"

using namespace six::testing;

namespace {

/// How to start the server under strace.
Launch watched(const std::string& log_file) {
    Launch launch{"/usr/bin/env", strace_options(log_file), {}, {}};
    launch.arguments.push_back(subject().program);
    const char* const sanitizer =
        std::getenv("ASAN_OPTIONS");  // it can't look for leaks then
    launch.environment.emplace_back(
        "ASAN_OPTIONS",
        std::string(sanitizer == nullptr ? "" : sanitizer) + ":detect_leaks=0");
    return launch;
}

/// Several clients save at the same time, several times. Returns what was acknowledged.
std::map<std::int64_t, std::string> save_in_rounds(const Server& server) {
    std::map<std::int64_t, std::string> saved;
    for (const char round : {'a', 'b', 'c'}) {
        std::vector<Client> clients;
        std::vector<std::string> bodies;
        for (char number = 'a'; number < 'g'; ++number) {
            bodies.push_back(std::string("item-of-round-") + round + "-client-" + number +
                             "-end");
            clients.push_back(server.connect());
            clients.back().send(post(bodies.back(), connection_close));
        }
        for (std::size_t i = 0; i < clients.size(); ++i) {
            const Response response = clients[i].read_response();
            REQUIRE(response.status == 200);
            saved.emplace(pk_in(response.body), bodies[i]);
        }
    }
    return saved;
}

std::vector<SystemCall> calls_of(Server& server, const std::string& log_file) {
    server.signal(SIGTERM);
    CHECK(server.process().wait_for_exit() ==
          Exit{0});  // and strace, whose log is complete
    return parse_strace(read_file(log_file));
}

}  // namespace

TEST_CASE("an answer leaves the server after its item has reached the disk",
          "[contract][durability][sqlite]") {
    SIX_NEEDS_OWN_SERVER();
    if (!can_strace()) SIX_SKIP("strace is not there, or not allowed");
    const TemporaryDirectory directory;
    const std::string log_file = directory.file("calls");
    Server server({}, watched(log_file));
    const auto saved = save_in_rounds(server);
    std::vector<SystemCall> calls = calls_of(server, log_file);
    for (const auto& [pk, body] : saved) CHECK(why_not_durable(calls, body, pk) == "");

    // And the check would notice: the same run, had nobody waited for the disk.
    std::erase_if(calls,
                  [](const SystemCall& call) { return call.name.ends_with("sync"); });
    for (const auto& [pk, body] : saved)
        CHECK_THAT(
            why_not_durable(calls, body, pk),
            Catch::Matchers::ContainsSubstring("answered before it was on the disk"));
}

TEST_CASE("a database in memory is not durable, and the check notices",
          "[contract][durability][sqlite]") {
    SIX_NEEDS_OWN_SERVER();
    if (!can_strace()) SIX_SKIP("strace is not there, or not allowed");
    const TemporaryDirectory directory;
    const std::string log_file = directory.file("calls");
    Server server({"--database", ":memory:"}, watched(log_file));
    const auto saved = save_in_rounds(server);
    const std::vector<SystemCall> calls = calls_of(server, log_file);
    for (const auto& [pk, body] : saved)
        CHECK_THAT(
            why_not_durable(calls, body, pk),
            Catch::Matchers::ContainsSubstring("never written to a write-ahead log"));
}
