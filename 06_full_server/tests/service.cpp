// What a service manager gives to the server and hears from it: over real sockets.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <list>
#include <string>

#include "01_blocking/socket.hpp"
#include "04_event_loop/virtual_clock.hpp"
#include "06_full_server/service.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/client.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/temporary_directory.hpp"

using namespace six;
using namespace six::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A variable of the environment, as long as it lives. Programs that are started inherit
/// it.
class Variable {
  public:
    Variable(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

  private:
    const char* name_;
};

/// The end of the socket that a service manager listens at.
class Manager {
  public:
    explicit Manager(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        REQUIRE(path.size() < sizeof address.sun_path);
        path.copy(address.sun_path, path.size());
        if (path.front() == '@') address.sun_path[0] = '\0';
        const auto size =
            static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
        REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        const timeval patience{10, 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    bool has_line() const {
        char first = 0;
        return ::recv(socket_.get(), &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
    }
    std::string next_line() {
        std::array<char, 100> line{};
        const ssize_t size = ::recv(socket_.get(), line.data(), line.size(), 0);
        return size < 0 ? "nothing"
                        : std::string(line.data(), static_cast<std::size_t>(size));
    }

  private:
    UniqueFd socket_{::socket(AF_UNIX, SOCK_DGRAM, 0)};
};

Response ask(const Address& server) {
    Client client(server);
    client.send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
    return client.read_response();
}

}  // namespace

TEST_CASE("a service manager hears when the server is ready and when it stops",
          "[06][service]") {
    const TemporaryDirectory directory;
    const bool abstract = GENERATE(false, true);
#ifndef __linux__
    if (abstract) return;
#endif
    const std::string path =
        abstract ? "@six-servers-test-" + std::to_string(::getpid()) : directory.file("n");
    Manager manager(path);
    const Variable variable("NOTIFY_SOCKET", path);
    ServerProcess server = start_server(SIX_SERVER_PATH, {"--database", ":memory:"});
    CHECK(manager.next_line() == "READY=1");
    server.signal(SIGTERM);
    CHECK(manager.next_line() == "STOPPING=1");
    CHECK(server.wait_for_exit() == Exit{0});
}

TEST_CASE("a server under a watchdog gives signs of life", "[06][service]") {
    const TemporaryDirectory directory;
    Manager manager(directory.file("n"));
    const Variable notify("NOTIFY_SOCKET", directory.file("n"));
    const Variable watchdog("WATCHDOG_USEC", "20000");
    const std::string loops = GENERATE("1", "3");
    const ServerProcess server =
        start_server(SIX_SERVER_PATH, {"--database", ":memory:", "--loops", loops});
    int signs = 0;
    while (signs < 5) {
        const std::string line = manager.next_line();
        REQUIRE(line != "nothing");
        if (line == "WATCHDOG=1") ++signs;
    }
}

TEST_CASE("a loop that is stuck ends the signs of life, though the others turn",
          "[06][service]") {
    const TemporaryDirectory directory;
    Manager manager(directory.file("n"));
    const Variable notify("NOTIFY_SOCKET", directory.file("n"));
    const Variable watchdog("WATCHDOG_USEC", "20000");
    VirtualClock clock;
    std::list<EventLoop> loops;
    for (int i = 0; i < 3; ++i) loops.emplace_back(make_poller(), clock);
    const full::ServiceManager told;
    const full::SignsOfLife alive(loops, told);
    const auto stuck = std::next(loops.begin());
    for (int turn = 0; turn < 100; ++turn) {  // so many times ten milliseconds
        loops.front().run_once();
        loops.back().run_once(false);
    }
    CHECK_FALSE(manager.has_line());
    stuck->run_once(false);
    CHECK(manager.has_line());
    CHECK(manager.next_line() == "WATCHDOG=1");
}

TEST_CASE("a service manager that is gone holds up nobody", "[06][service]") {
    const Variable notify("NOTIFY_SOCKET", "/nonexistent/socket");
    const Variable watchdog("WATCHDOG_USEC", "nonsense");
    const ServerProcess server = start_server(SIX_SERVER_PATH, {"--database", ":memory:"});
    CHECK(ask(server.address()).status == 200);
}

TEST_CASE("clients that come while no server runs wait in an inherited socket",
          "[06][service]") {
    const UniqueFd listener = listen_on("127.0.0.1", 0);
    const Address address{"127.0.0.1", local_port(listener.get())};
    ::fcntl(listener.get(), F_SETFD, 0);  // to be inherited
    Client early(address);
    early.send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
    for (int run = 0; run < 2; ++run) {
        ServerProcess server = start_server(
            SIX_SERVER_PATH,
            {"--database", ":memory:", "--listen-fd", std::to_string(listener.get())});
        CHECK(server.address().port == address.port);
        if (run == 0) CHECK(early.read_response().status == 200);
        CHECK(ask(address).status == 200);
        server.signal(SIGTERM);
        CHECK(server.wait_for_exit() == Exit{0});
    }
}

TEST_CASE("what is no listening socket is not taken for one", "[06][service]") {
    CHECK_THROWS_WITH(full::inherited_listener(999), ContainsSubstring("999"));
    const UniqueFd pipe{::open("/dev/null", O_RDONLY)};
    CHECK_THROWS_WITH(full::inherited_listener(pipe.get()),
                      ContainsSubstring("no listening socket"));
}
