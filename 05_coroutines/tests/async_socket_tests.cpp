// AsyncSocket and AsyncListener: bytes, ends, cancellation, and clients.
#include "05_coroutines/async_socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "05_coroutines/tests/loops.hpp"
#include "05_coroutines/tests/probe.hpp"
#include "05_coroutines/when_all.hpp"
#include "05_coroutines/with_timeout.hpp"

using namespace six;
using namespace six::test;

namespace {

/// The two ends of a connection, both on the loop.
struct Pair {
    explicit Pair(EventLoop& loop, Connection connection = {})
        : server(loop, std::move(connection.server)),
          client(loop, std::move(connection.client)) {}
    AsyncSocket server;
    AsyncSocket client;
};

/// Receives until `bytes` have come, or no more do.
Task<std::string> receive_up_to(AsyncSocket& socket, std::size_t bytes) {
    std::array<char, 4096> buffer;
    std::string all;
    while (all.size() < bytes) {
        const std::size_t room = std::min(buffer.size(), bytes - all.size());
        const std::size_t received = co_await socket.receive(std::span(buffer).first(room));
        if (received == 0) break;
        all.append(buffer.data(), received);
    }
    co_return all;
}

Task<std::size_t> receive_once(AsyncSocket& socket, std::span<char> buffer) {
    co_return co_await socket.receive(buffer);
}

Task<bool> send(AsyncSocket& socket, std::string_view bytes) {
    co_return co_await socket.send_all(bytes);
}

bool is_open(int fd) {
    return ::fcntl(fd, F_GETFD) != -1;
}

}  // namespace

TEST_CASE("bytes that are there are received without a turn of the loop", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Pair pair(on.loop);
    std::array<char, 10> buffer;
    std::optional<std::size_t> received;
    TaskGroup group;
    REQUIRE(send_all(pair.client.fd(), "abc"));
    group.spawn(receive_once(pair.server, buffer), received);
    CHECK(received == 3U);
    CHECK(std::string_view(buffer.data(), 3) == "abc");
}

TEST_CASE("after a read that got all there was, the next one asks the loop first",
          "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Pair pair(on.loop);
    std::array<char, 3> buffer;
    const std::string first = GENERATE("ab", "abc");  // shorter than the buffer, or as long
    REQUIRE(send_all(pair.client.fd(), first));
    sync_wait(on.loop, receive_once(pair.server, buffer));

    REQUIRE(send_all(pair.client.fd(), "d"));
    std::optional<std::size_t> received;
    TaskGroup group;
    group.spawn(receive_once(pair.server, buffer), received);
    CHECK(received.has_value() == (first == "abc"));
    while (group.size() > 0) on.loop.run_once();
    CHECK(received == 1U);
}

TEST_CASE("a task waits for bytes while others go on", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Pair pair(on.loop);
    const auto talk = [&]() -> Task<bool> {
        co_await sleep_for(on.loop, 1s);
        co_return co_await pair.client.send_all("hello");
    };
    const auto user = [&]() -> Task<std::string> {
        auto results = co_await when_all(receive_up_to(pair.server, 5), talk());
        co_return std::get<0>(results);
    };
    CHECK(sync_wait(on.loop, user()) == "hello");
    CHECK(on.elapsed() == 1s);
}

TEST_CASE("the end of the stream is seen, however it comes", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Connection connection;
    AsyncSocket server(on.loop, std::move(connection.server));
    const bool waits_before = GENERATE(true, false);
    const std::string bytes = GENERATE("", "abc");
    std::optional<std::string> received;
    TaskGroup group;
    const auto start = [&] { group.spawn(receive_up_to(server, 100), received); };
    if (waits_before) start();
    if (!bytes.empty()) {
        REQUIRE(send_all(connection.client.get(), bytes));
    }

    SECTION("together with the last bytes") {
        connection.client.close();
    }
    SECTION("when only one direction is shut") {
        REQUIRE(::shutdown(connection.client.get(), SHUT_WR) == 0);
    }
    SECTION("after the last bytes have been read") {
        on.loop.run_once(false);
        on.loop.run_once(false);
        connection.client.close();
    }
    if (!waits_before) start();
    while (group.size() > 0) on.loop.run_once();  // throws where it would hang
    CHECK(received == bytes);
}

TEST_CASE("a broken connection ends like a closed one", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Pair pair(on.loop);
    REQUIRE(send_all(pair.server.fd(), "never read"));
    { const AsyncSocket closed = std::move(pair.client); }  // with bytes unread: a reset
    CHECK(sync_wait(on.loop, receive_up_to(pair.server, 100)).empty());
    CHECK_FALSE(sync_wait(on.loop, send(pair.server, "hello?")));
}

TEST_CASE("what the kernel can't take at once is sent when it can", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Pair pair(on.loop);
    std::string bytes(3'000'000, 'x');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i % 251);
    const auto user = [&]() -> Task<bool> {
        auto both =
            when_all(send(pair.client, bytes), receive_up_to(pair.server, bytes.size()));
        auto results = co_await std::move(both);
        auto& [sent, received] = results;
        co_return sent&& received == bytes;
    };
    CHECK(sync_wait(on.loop, user()));
}

TEST_CASE("a client that goes away ends a send that waits for it", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Pair pair(on.loop);
    const std::string bytes(3'000'000, 'x');
    std::optional<bool> sent;
    TaskGroup group;
    group.spawn(send(pair.server, bytes), sent);
    on.loop.run_once(false);
    CHECK_FALSE(sent);
    { const AsyncSocket closed = std::move(pair.client); }
    while (group.size() > 0) on.loop.run_once();
    CHECK(sent == false);
}

TEST_CASE("to send nothing waits for nothing", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Pair pair(on.loop);
    CHECK(sync_wait(on.loop, send(pair.server, "")));
}

TEST_CASE("a cancelled receive takes no bytes", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Pair pair(on.loop);
    std::array<char, 10> buffer;
    std::optional<std::size_t> first;
    TaskGroup group;
    group.spawn(receive_once(pair.server, buffer), first);
    group.cancel();
    REQUIRE(send_all(pair.client.fd(), "abc"));
    while (group.size() > 0) on.loop.run_once();
    CHECK_FALSE(first);
    CHECK(sync_wait(on.loop, receive_up_to(pair.server, 3)) == "abc");
}

TEST_CASE("a task that is dropped while it receives leaves the socket to the next",
          "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Pair pair(on.loop);
    std::array<char, 10> buffer;
    {
        std::optional<std::size_t> received;
        TaskGroup group;
        group.spawn(receive_once(pair.server, buffer), received);
    }
    REQUIRE(send_all(pair.client.fd(), "abc"));
    on.loop.run_once(false);
    CHECK(sync_wait(on.loop, receive_up_to(pair.server, 3)) == "abc");
}

TEST_CASE("one task may receive while another one sends", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Pair pair(on.loop);
    const std::string bytes(1'000'000, 'x');
    const auto user = [&]() -> Task<bool> {
        auto all = when_all(send(pair.client, bytes), send(pair.server, bytes),
                            receive_up_to(pair.client, bytes.size()),
                            receive_up_to(pair.server, bytes.size()));
        auto results = co_await std::move(all);
        co_return std::get<2>(results) == bytes&& std::get<3>(results) == bytes;
    };
    CHECK(sync_wait(on.loop, user()));
}

TEST_CASE("connections can share one buffer", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    std::array<char, 16> shared;
    const auto echo_all = [&](AsyncSocket socket) -> Task<std::string> {
        std::string all;
        while (const std::size_t received = co_await socket.receive(shared))
            all.append(shared.data(), received);
        co_return all;
    };
    std::vector<Task<std::string>> tasks;
    std::vector<UniqueFd> clients;
    for (int i = 0; i < 20; ++i) {
        Connection connection;
        clients.push_back(std::move(connection.client));
        tasks.push_back(echo_all(AsyncSocket(on.loop, std::move(connection.server))));
    }
    for (int round = 0; round < 3; ++round) {
        on.loop.call_after(round * 1s, [&, round] {
            for (std::size_t i = 0; i < clients.size(); ++i) {
                std::ignore = send_all(clients[i].get(), std::string(i + 1, 'a'));
                if (round == 2) clients[i].close();
            }
        });
    }
    const auto results = sync_wait(on.loop, when_all(std::move(tasks)));
    for (std::size_t i = 0; i < results.size(); ++i)
        CHECK(results[i] == std::string(3 * (i + 1), 'a'));
}

TEST_CASE("a socket closes its descriptor once, and only if it has not moved on",
          "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Connection connection;
    const int fd = connection.server.get();
    {
        AsyncSocket first(on.loop, std::move(connection.server));
        {
            AsyncSocket second = std::move(first);
            CHECK(second.fd() == fd);
            first = std::move(second);
        }
        CHECK(is_open(fd));
        CHECK(sync_wait(on.loop, send(first, "x")));
    }
    CHECK_FALSE(is_open(fd));
}

TEST_CASE("a task can wait for a descriptor that it reads itself", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Connection connection;
    on.loop.watch(connection.server.get());
    const auto user = [&]() -> Task<std::size_t> {
        co_await writable(on.loop, connection.server.get());
        std::array<char, 10> buffer;
        while (true) {
            const IoResult result = try_receive(connection.server.get(), buffer);
            if (result.status == IoResult::Status::ok) co_return result.bytes;
            co_await readable(on.loop, connection.server.get());
        }
    };
    on.loop.call_after(1s, [&] { std::ignore = send_all(connection.client.get(), "abc"); });
    CHECK(sync_wait(on.loop, user()) == 3);
    on.loop.forget(connection.server.get());
}

// --- the listener ---

namespace {

UniqueFd connect_to(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    UniqueFd client{::socket(AF_INET, SOCK_STREAM, 0)};
    if (::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw std::system_error(errno, std::generic_category(), "connect");
    return client;
}

/// Greets each client, until it has greeted `count`.
Task<int> greet(AsyncListener& listener, int count) {
    int greeted = 0;
    auto clients = listener.clients();
    while (greeted < count) {
        AsyncSocket* client = co_await clients.next();
        if (co_await client->send_all("hello")) ++greeted;
    }
    co_return greeted;
}

}  // namespace

TEST_CASE("a listener yields its clients, those that waited and those that come",
          "[05][socket][listener]") {
    EventLoop loop(SIX_EACH_POLLER);
    UniqueFd socket = listen_on("127.0.0.1", 0);
    const std::uint16_t port = local_port(socket.get());
    AsyncListener listener(loop, std::move(socket));

    std::vector<UniqueFd> clients;
    clients.push_back(connect_to(port));
    clients.push_back(connect_to(port));
    loop.call_after(1ms, [&] { clients.push_back(connect_to(port)); });
    CHECK(sync_wait(loop, greet(listener, 3)) == 3);
    for (const UniqueFd& client : clients) {
        std::array<char, 5> buffer;
        REQUIRE(receive(client.get(), buffer) == 5);  // 01's: blocks
        CHECK(std::string_view(buffer.data(), 5) == "hello");
    }
}

TEST_CASE("a crowd at the door does not keep a listener from giving others a turn",
          "[05][socket][listener]") {
    EventLoop loop(SIX_EACH_POLLER);
    UniqueFd socket = listen_on("127.0.0.1", 0);
    const std::uint16_t port = local_port(socket.get());
    AsyncListener listener(loop, std::move(socket));
    std::vector<UniqueFd> crowd;
    for (int i = 0; i < 10; ++i) crowd.push_back(connect_to(port));

    std::size_t inside = 0;
    std::size_t inside_at_turn = 0;
    const auto let_in = [&]() -> Task<void> {
        std::vector<AsyncSocket> clients_inside;
        auto clients = listener.clients();
        while (inside < crowd.size()) {
            clients_inside.push_back(std::move(*co_await clients.next()));
            if (++inside == 1) loop.post([&] { inside_at_turn = inside; });
        }
    };
    sync_wait(loop, let_in());
    CHECK(inside_at_turn > 0);
    CHECK(inside_at_turn < crowd.size());
}

TEST_CASE("a listener that is cancelled accepts again later", "[05][socket][listener]") {
    EventLoop loop(SIX_EACH_POLLER);
    UniqueFd socket = listen_on("127.0.0.1", 0);
    const std::uint16_t port = local_port(socket.get());
    AsyncListener listener(loop, std::move(socket));
    {
        TaskGroup group;
        std::optional<int> greeted;
        group.spawn(greet(listener, 1), greeted);
        group.cancel();
        while (group.size() > 0) loop.run_once();
        CHECK_FALSE(greeted);
    }
    const UniqueFd client = connect_to(port);
    CHECK(sync_wait(loop, greet(listener, 1)) == 1);
}

TEST_CASE("a listener that can't accept pauses, and goes on", "[05][socket][listener]") {
    VirtualLoop on(SIX_EACH_POLLER);
    UniqueFd socket{::socket(AF_INET, SOCK_STREAM, 0)};
    set_mode(socket.get(), Mode::non_blocking);
    const int fd = socket.get();
    AsyncListener listener(on.loop, std::move(socket));

    // accept(2) fails as long as nobody has called listen(2). Like EMFILE, that is neither
    // a client nor a reason to wait for one.
    std::optional<int> greeted;
    TaskGroup group;
    group.spawn(greet(listener, 1), greeted);
    for (int i = 0; i < 10; ++i) on.loop.run_once();
    CHECK_FALSE(greeted);
    CHECK(on.elapsed() >= 5 * accept_pause);  // it slept, it did not spin

    REQUIRE(::listen(fd, 1) == 0);
    const UniqueFd client = connect_to(local_port(fd));
    while (group.size() > 0) on.loop.run_once();
    CHECK(greeted == 1);
}
