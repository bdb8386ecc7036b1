// The tool that starts servers, tried with shell scripts in their place.
#include "common/testing/server_process.hpp"

#include <signal.h>
#include <sys/resource.h>

#include "common/testing/catch.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

Launch script(const std::string& text) {
    return Launch{"/bin/sh", {"-c", text}, {}, {}};
}

Deadline soon() {
    return Deadline(std::chrono::milliseconds(50));
}

}  // namespace

TEST_CASE("a server is ready when it says where it listens", "[testing][process]") {
    ServerProcess server{
        script("echo hello; echo listening on 10.1.2.3:4567; exec sleep 600")};
    server.wait_until_listening();
    CHECK(server.address().host == "10.1.2.3");
    CHECK(server.address().port == 4567);
    CHECK(server.running());
}

TEST_CASE("an IPv6 address stands in brackets beside the port", "[testing][process]") {
    ServerProcess server{script("echo 'listening on [2001:db8::1]:4567'; exec sleep 600")};
    server.wait_until_listening();
    CHECK(server.address().host == "2001:db8::1");
    CHECK(server.address().port == 4567);
}

TEST_CASE("a server that ends before it listens is told with its last words",
          "[testing][process]") {
    ServerProcess server{script("echo the port is taken >&2; exit 1")};
    CHECK_THROWS_WITH(server.wait_until_listening(),
                      ContainsSubstring("the port is taken"));
}

TEST_CASE("a server that never listens is not waited for longer than the deadline",
          "[testing][process]") {
    ServerProcess server{
        script("echo listening on 127.0.0.1:1 without the end of the line | "
               "tr -d '\\n'; exec sleep 600")};
    CHECK_THROWS_WITH(server.wait_until_listening(soon()), ContainsSubstring("waited"));
}

TEST_CASE("a process tells how it ended", "[testing][process]") {
    ServerProcess good{script("exit 0")};
    ServerProcess bad{script("exit 3")};
    ServerProcess killed{script("kill -TERM $$")};
    ServerProcess missing{Launch{"/no/such/program"}};
    CHECK(good.wait_for_exit() == Exit{0});
    CHECK(bad.wait_for_exit() == Exit{3});
    CHECK(killed.wait_for_exit() == Exit{0, SIGTERM});
    CHECK(missing.wait_for_exit() == Exit{127});
    CHECK(bad.wait_for_exit() == Exit{3});  // and again
    CHECK_FALSE(bad.running());
}

TEST_CASE("a process that does not end is not waited for longer than the deadline",
          "[testing][process]") {
    ServerProcess server{script("exec sleep 600")};
    CHECK_THROWS_WITH(server.wait_for_exit(soon()),
                      ContainsSubstring("for the server to end"));
    server.signal(SIGTERM);
    CHECK(server.wait_for_exit() == Exit{0, SIGTERM});
}

TEST_CASE("a process that closes its output and lives on is noticed",
          "[testing][process]") {
    ServerProcess server{script("exec >&-; exec sleep 600")};
    CHECK_THROWS_AS(server.wait_for_exit(soon()), WaitFailed);
    CHECK(server.running());
}

TEST_CASE("a process's output is kept", "[testing][process]") {
    ServerProcess server{script("echo one; echo two >&2; echo three")};
    CHECK(server.wait_for_exit() == Exit{0});
    CHECK(server.stdout_text() == "one\nthree\n");
    CHECK(server.stderr_text() == "two\n");
}

TEST_CASE("a process dies with its owner, and its children too", "[testing][process]") {
    pid_t parent = 0;
    pid_t child = 0;
    {
        ServerProcess server{
            script("sleep 600 & echo $!; echo listening on 127.0.0.1:1; wait")};
        server.wait_until_listening();
        parent = server.pid();
        child = std::stoi(server.stdout_text());
    }
    CHECK(::kill(parent, 0) != 0);
    wait_until("the child to be gone", [&] {
        const auto threads =
            std::filesystem::exists("/proc/" + std::to_string(child) + "/exe");
        return ::kill(child, 0) != 0 || !threads;  // a zombie is gone, too
    });
}

TEST_CASE("a process gets its variables and limits", "[testing][process]") {
    Launch launch = script("echo $SIX_COLOUR; ulimit -n");
    launch.environment = {{"SIX_COLOUR", "green"}};
    launch.in_child = [] { limit_descriptors(77); };
    ServerProcess server{launch};
    CHECK(server.wait_for_exit() == Exit{0});
    CHECK(server.stdout_text() == "green\n77\n");
}

TEST_CASE("a process tells of its threads and its memory", "[testing][process]") {
    ServerProcess server{script("echo listening on 127.0.0.1:1; sleep 600; true")};
    server.wait_until_listening();
#ifdef __linux__
    CHECK(server.threads() == 1);
    CHECK(server.resident_kib() > 100);
    CHECK(server.open_descriptors() >= 3);
    CHECK(server.descriptor_limit() > 0);
    CHECK(server.cpu_time() < std::chrono::seconds(10));
#else
    CHECK_FALSE(server.threads().has_value());
    CHECK_FALSE(server.resident_kib().has_value());
#endif
}

TEST_CASE("a temporary directory goes with all that is in it", "[testing][process]") {
    std::filesystem::path path;
    {
        const TemporaryDirectory directory;
        path = directory.path();
        CHECK(std::filesystem::is_directory(path));
        std::filesystem::create_directories(path / "a" / "b");
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("an id is read from JSON, and nothing else is taken for one",
          "[testing][process]") {
    CHECK(pk_in("{\"pk\": 12}") == 12);
    CHECK(pk_in("{\"pk\":7}") == 7);
    for (const char* text : {"", "{}", "{\"pk\": }", "{\"pk\": 1", "{\"pk\": x}",
                             "{\"pk\": -1}", "{\"pk\": 1}x", "{\"pk\": "}) {
        INFO(text);
        CHECK_THROWS_AS(pk_in(text), WaitFailed);
    }
}
