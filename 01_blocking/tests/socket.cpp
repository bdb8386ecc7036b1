// The plain calls of chapter 01, on real sockets.
#include "01_blocking/socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <future>
#include <string>
#include <system_error>

#include "common/testing/catch.hpp"
#include "common/testing/skip.hpp"

using namespace six;

namespace {

struct Pair {
    UniqueFd ours;
    UniqueFd theirs;
};

Pair connected_pair() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    return {UniqueFd{ends[0]}, UniqueFd{ends[1]}};
}

bool is_open(int fd) {
    return ::fcntl(fd, F_GETFD) >= 0;
}

}  // namespace

TEST_CASE("a descriptor is closed exactly once, by its last owner", "[01][fd]") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const UniqueFd other{ends[1]};
    {
        UniqueFd first{ends[0]};
        UniqueFd second{std::move(first)};
        CHECK_FALSE(first);
        CHECK(second.get() == ends[0]);
        first = std::move(second);
        CHECK(is_open(ends[0]));
    }
    CHECK_FALSE(is_open(ends[0]));
}

TEST_CASE("a descriptor that is assigned over is closed", "[01][fd]") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    UniqueFd kept{ends[0]};
    kept = UniqueFd{ends[1]};
    CHECK_FALSE(is_open(ends[0]));
    CHECK(is_open(ends[1]));
}

TEST_CASE("a descriptor that is released stays open", "[01][fd]") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const UniqueFd other{ends[1]};
    int released = -1;
    {
        UniqueFd owner{ends[0]};
        released = owner.release();
        CHECK_FALSE(owner);
    }
    CHECK(is_open(released));
    const UniqueFd again{released};
}

TEST_CASE("port 0 gives a port that can be connected to", "[01][socket]") {
    const UniqueFd listener = listen_on("127.0.0.1", 0);
    CHECK(local_port(listener.get()) != 0);
    CHECK_FALSE(
        accept_client(listener.get(), Mode::blocking));  // nobody is there: no waiting
    CHECK(errno == EAGAIN);
}

TEST_CASE("a taken port is refused with its name", "[01][socket]") {
    const UniqueFd listener = listen_on("127.0.0.1", 0);
    const std::uint16_t port = local_port(listener.get());
    CHECK_THROWS_WITH(
        listen_on("127.0.0.1", port),
        Catch::Matchers::ContainsSubstring("127.0.0.1:" + std::to_string(port)));
}

TEST_CASE("an address that is no number is refused with its name", "[01][socket]") {
    CHECK_THROWS_WITH(listen_on("not-an-address", 0),
                      Catch::Matchers::ContainsSubstring("not-an-address"));
}

TEST_CASE("what a client is sent does not wait until it has confirmed what came before",
          "[01][socket]") {
    const UniqueFd listener = listen_on("127.0.0.1", 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(local_port(listener.get()));
    const UniqueFd client{::socket(AF_INET, SOCK_STREAM, 0)};
    REQUIRE(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address),
                      sizeof address) == 0);
    const UniqueFd accepted = accept_client(listener.get(), Mode::blocking);
    int no_delay = 0;
    socklen_t size = sizeof no_delay;
    REQUIRE(::getsockopt(accepted.get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size) == 0);
    CHECK(no_delay != 0);
}

TEST_CASE("IPv6 addresses can be listened on", "[01][socket]") {
    try {
        const UniqueFd listener = listen_on("::1", 0);
        CHECK(local_port(listener.get()) != 0);
    } catch (const std::system_error& error) {
        REQUIRE((error.code().value() == EADDRNOTAVAIL ||
                 error.code().value() == EAFNOSUPPORT));
        SIX_SKIP("this machine has no IPv6");
    }
}

TEST_CASE("receive returns what has come, and 0 at the end", "[01][socket]") {
    auto [ours, theirs] = connected_pair();
    REQUIRE(send_all(theirs.get(), "hello"));
    theirs.close();
    std::array<char, 64> buffer{};
    const std::size_t received = receive(ours.get(), buffer);
    CHECK(std::string(buffer.data(), received) == "hello");
    CHECK(receive(ours.get(), buffer) == 0);
}

TEST_CASE("send_all sends more than the kernel takes at once", "[01][socket]") {
    auto [ours, theirs] = connected_pair();
    const std::string sent(8 * 1024 * 1024, 'x');
    std::size_t received = 0;
    {
        const auto reader =
            std::async(std::launch::async, [&received, socket = theirs.get()] {
                std::array<char, 64 * 1024> buffer{};
                while (const std::size_t n = receive(socket, buffer)) received += n;
            });
        CHECK(send_all(ours.get(), sent));
        ours.close();
    }
    CHECK(received == sent.size());
}

TEST_CASE("sending to a client that is gone is an answer, not a signal", "[01][socket]") {
    prepare_process();
    auto [ours, theirs] = connected_pair();
    theirs.close();
    CHECK_FALSE(send_all(ours.get(), "anybody there?"));
}

TEST_CASE("linger ends when the client closes", "[01][socket]") {
    auto [ours, theirs] = connected_pair();
    REQUIRE(send_all(theirs.get(), "unread"));
    theirs.close();
    six::linger(ours.get(), std::chrono::hours(1),
                1'000'000);  // hangs if it waits for the time
    SUCCEED();
}

TEST_CASE("linger ends after so many bytes", "[01][socket]") {
    auto [ours, theirs] = connected_pair();
    REQUIRE(send_all(theirs.get(), std::string(1000, 'x')));
    six::linger(ours.get(), std::chrono::hours(1), 1000);
    SUCCEED();
}

TEST_CASE("linger tells the client that no more will come, and ends after its time",
          "[01][socket]") {
    auto [ours, theirs] = connected_pair();
    six::linger(ours.get(), std::chrono::milliseconds(1), 1000);
    std::array<char, 8> buffer{};
    CHECK(receive(theirs.get(), buffer) == 0);
}

TEST_CASE("linger without time throws away what is there", "[01][socket]") {
    auto [ours, theirs] = connected_pair();
    REQUIRE(send_all(theirs.get(), "unread"));
    six::linger(ours.get(), std::chrono::milliseconds(0), 1000);
    set_mode(ours.get(), Mode::non_blocking);
    std::array<char, 8> buffer{};
    CHECK(::recv(ours.get(), buffer.data(), buffer.size(), 0) < 0);
    CHECK(errno == EAGAIN);
}
