// The load generator against a server that says what the test has written down for it.
#include "bench/speed/generator.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <thread>
#include <vector>

#include "common/testing/catch.hpp"

using namespace six::speed;
using namespace std::chrono_literals;
using six::testing::Address;
using six::testing::Client;
using six::testing::Descriptor;

namespace {

constexpr const char* request = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";

std::string answer(const std::string& body, const std::string& status = "200 OK") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

/// What the server does on one connection: for each request it sends these pieces, and
/// waits after each until the client's kernel has taken it. Then it closes.
using Script = std::vector<std::vector<std::string>>;

/// Takes connections one after another, each with a script of its own, in a thread.
class ScriptedServer {
  public:
    explicit ScriptedServer(std::vector<Script> scripts) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* any = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(listener_.get(), any, size) == 0);
        REQUIRE(::listen(listener_.get(), 16) == 0);
        REQUIRE(::getsockname(listener_.get(), any, &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, scripts = std::move(scripts)] {
            for (const Script& script : scripts) serve(script);
        });
    }
    ~ScriptedServer() {
        ::shutdown(listener_.get(), SHUT_RDWR);  // wakes accept
        thread_.join();
    }
    ScriptedServer(const ScriptedServer&) = delete;

    Address address() const { return {"127.0.0.1", port_}; }

  private:
    void serve(const Script& script) {
        Descriptor socket{::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK)};
        if (!socket) return;
        Client client{std::move(socket)};
        try {
            for (const auto& pieces : script) {
                client.read_bytes(std::string(request).size());
                for (const std::string& piece : pieces) client.send_in_pieces(piece, 7);
            }
        } catch (const std::exception&) {
            // The client has gone: its test is over.
        }
    }

    Descriptor listener_{::socket(AF_INET, SOCK_STREAM, 0)};
    std::uint16_t port_ = 0;
    std::thread thread_;
};

Goal exactly(std::uint64_t requests) {
    return {10s, requests};
}

}  // namespace

TEST_CASE("answers are counted, whatever their lengths", "[bench][speed]") {
    const ScriptedServer server{{{{answer("short")},
                                  {answer(std::string(5000, 'x'))},
                                  {answer("")},
                                  {answer(std::string(200'000, 'y'))}}}};
    Generator generator(server.address(), {request}, 1);
    const Tally tally = generator.run(exactly(4));
    CHECK(tally.answered == 4);
    CHECK(tally.refused == 0);
    CHECK(tally.broken == 0);
    CHECK(tally.latency.count() == 4);
}

TEST_CASE("an answer may come in pieces, its head too", "[bench][speed]") {
    const std::string whole = answer("a body");
    Script script;
    for (std::size_t at = 1; at < whole.size(); ++at)
        script.push_back({whole.substr(0, at), whole.substr(at)});
    const ScriptedServer server{{script}};
    Generator generator(server.address(), {request}, 1);
    const Tally tally = generator.run(exactly(script.size()));
    CHECK(tally.answered == script.size());
    CHECK(tally.broken == 0);
}

TEST_CASE("another status than 200 is no success", "[bench][speed]") {
    const ScriptedServer server{
        {{{answer("no", "404 Not Found")}, {answer("yes")}, {answer("", "503 Busy")}}}};
    Generator generator(server.address(), {request}, 1);
    const Tally tally = generator.run(exactly(3));
    CHECK(tally.answered == 1);
    CHECK(tally.refused == 2);
}

TEST_CASE("a connection that ends without an answer is counted and replaced",
          "[bench][speed]") {
    const std::string half = answer("never complete").substr(0, 30);
    const ScriptedServer server{
        {{{answer("1")}, {half}}, {{}}, {{answer("2")}, {answer("3")}}}};
    Generator generator(server.address(), {request}, 1);
    const Tally tally = generator.run(exactly(5));
    CHECK(tally.answered == 3);
    CHECK(tally.broken == 2);
}

TEST_CASE("an answer without a length breaks its connection", "[bench][speed]") {
    const ScriptedServer server{
        {{{"HTTP/1.1 200 OK\r\n\r\n"}}, {{answer("1") + "beyond"}}, {{answer("2")}}}};
    Generator generator(server.address(), {request}, 1);
    const Tally tally = generator.run(exactly(3));
    CHECK(tally.broken >= 1);
    CHECK(tally.answered >= 1);
}

TEST_CASE("a connection closed between two runs is replaced, and not counted",
          "[bench][speed]") {
    const ScriptedServer server{{{{answer("1")}}, {{answer("2")}}}};
    Generator generator(server.address(), {request}, 1);
    CHECK(generator.run(exactly(1)).answered == 1);
    // The server closes after its last answer; that end may still be on its way.
    const Tally second = generator.run(exactly(1));
    CHECK(second.answered + second.broken == 1);
}

TEST_CASE("a run ends on time, though a server is silent", "[bench][speed]") {
    const ScriptedServer server{{{{}, {}}}};
    Generator generator(server.address(), {request}, 1);
    const Tally tally = generator.run({20ms, 1});
    CHECK(tally.answered == 0);
    CHECK(tally.per_second() == 0);
}

TEST_CASE("what is answered before the measuring is not counted", "[bench][speed]") {
    const ScriptedServer server{
        {{{answer("run-up")}, {answer("1")}, {answer("2")}, {answer("3")}}}};
    Generator generator(server.address(), {request}, 1);
    generator.run_up(10s);
    // The answer to what the run-up sent last belongs to what is measured.
    const Tally tally = generator.run(exactly(2));
    CHECK(tally.answered == 3);
    CHECK(tally.broken == 0);
    CHECK(tally.latency.count() == 3);
}

TEST_CASE("a run-up ends, though a server is silent", "[bench][speed]") {
    const ScriptedServer server{{{{}, {}}}};
    Generator generator(server.address(), {request}, 1);
    generator.run_up(20ms);
    CHECK(generator.run({20ms, 1}).answered == 0);
}

TEST_CASE("those who pause may be run up, too", "[bench][speed]") {
    const ScriptedServer server{{{{answer("run-up")}, {answer("1")}, {answer("2")}}}};
    const std::string whole = request;
    Generator generator(server.address(), {whole.substr(0, 9), 30ms, whole.substr(9)}, 1);
    generator.run_up(10s);
    CHECK(generator.run(exactly(1)).answered == 2);
}

TEST_CASE("nobody waits for an answer of an earlier run", "[bench][speed]") {
    const ScriptedServer server{{{{}, {}}, {{answer("1")}}}};
    Generator generator(server.address(), {request}, 1);
    CHECK(generator.measure({20ms, 1}).answered == 0);  // and is not settled
    const Tally tally = generator.run(exactly(1));
    CHECK(tally.answered == 1);
    CHECK(tally.broken == 0);
}

TEST_CASE("a body comes when its pause is over, and no sooner", "[bench][speed]") {
    const ScriptedServer server{{{{answer("1")}, {answer("2")}, {answer("3")}}}};
    const std::string whole = request;
    Generator generator(server.address(), {whole.substr(0, 9), 30ms, whole.substr(9)}, 1);
    const Tally tally = generator.run(exactly(3));
    CHECK(tally.answered == 3);
    CHECK(tally.latency.percentile(0) >= 30ms);
}

TEST_CASE("who is cut off in a pause asks anew", "[bench][speed]") {
    const std::string whole = request;
    const ScriptedServer server{{{}, {{answer("1")}}}};  // the first only closes
    Generator generator(server.address(), {whole.substr(0, 9), 30ms, whole.substr(9)}, 1);
    const Tally tally = generator.run({10s, 2});
    CHECK(tally.answered == 1);
}

TEST_CASE("nobody who listens is an error", "[bench][speed]") {
    Address nowhere;
    {
        const ScriptedServer server{{}};
        nowhere = server.address();
    }
    CHECK_THROWS_AS(Generator(nowhere, {request}, 1), std::system_error);
}
