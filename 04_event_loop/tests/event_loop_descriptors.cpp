// The loop and descriptors: each test runs with each poller.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "04_event_loop/event_loop.hpp"
#include "common/testing/skip.hpp"
#include "loop_testing.hpp"

using namespace six;
using namespace six::testing;
using namespace std::chrono_literals;

namespace {

/// Turns the loop until nothing is ready any more.
void settle(EventLoop& loop) {
    for (int quiet = 0; quiet < 2;) quiet = loop.run_once(false) == 0 ? quiet + 1 : 0;
}

/// Reads from `fd` whenever it may, one read each time, until the end.
struct Reader {
    EventLoop& loop;
    int fd;
    std::string text = {};
    int calls = 0;
    bool ended = false;

    void wait() {
        loop.when_readable(fd, [this] { read(); });
    }
    void read() {
        ++calls;
        const std::string got = read_from(fd);
        ended = got == "(end)";
        if (got != "(nothing)" && !ended) text += got;
        if (!ended) wait();
    }
};

/// Waits until the end of the stream is here, and all bytes before it.
void wait_for_end(int fd) {
#ifdef POLLRDHUP
    pollfd entry{fd, POLLRDHUP, 0};
    if (::poll(&entry, 1, Deadline().left_ms()) != 1) throw WaitFailed("no end of stream");
#else
    char bytes[100];
    wait_until("the last bytes",
               [&] { return ::recv(fd, bytes, sizeof bytes, MSG_PEEK) > 0; });
#endif
}

}  // namespace

TEST_CASE("who waits for reading is called when something has come", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    int calls = 0;
    loop.watch(pair.ours.get());
    loop.when_readable(pair.ours.get(), [&] { ++calls; });
    CHECK(loop.run_once(false) == 0);

    write_to(pair.theirs.get(), "x");
    CHECK(calls == 0);
    CHECK(loop.run_once(false) == 1);
    CHECK(calls == 1);
}

TEST_CASE("a wait ends with one call", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    int calls = 0;
    loop.watch(pair.ours.get());
    loop.when_readable(pair.ours.get(), [&] { ++calls; });
    for (int i = 0; i < 3; ++i) {
        write_to(pair.theirs.get(), "x");
        loop.run_once(false);
    }
    CHECK(calls == 1);
}

TEST_CASE("what comes while nobody waits is remembered", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    int calls = 0;
    loop.watch(pair.ours.get());
    settle(loop);
    write_to(pair.theirs.get(), "x");
    settle(loop);  // an edge-triggered poller tells it now, and never again

    loop.when_readable(pair.ours.get(), [&] { ++calls; });
    CHECK(calls == 0);  // not inside the call
    CHECK(loop.run_once() == 1);
    CHECK(calls == 1);
}

TEST_CASE("what comes between a read and the next wait is remembered", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    const int fd = pair.ours.get();
    loop.watch(fd);
    loop.when_readable(fd, [] {});
    write_to(pair.theirs.get(), "first");
    settle(loop);
    CHECK(read_from(fd) == "first");
    CHECK(read_from(fd) == "(nothing)");

    write_to(pair.theirs.get(), "second");
    settle(loop);
    Reader reader{.loop = loop, .fd = fd};
    reader.wait();
    CHECK(loop.run_once() == 1);
    CHECK(reader.text == "second");
}

TEST_CASE("what was there before a descriptor was watched is told", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    write_to(pair.theirs.get(), "x");
    loop.watch(pair.ours.get());
    bool called = false;
    loop.when_readable(pair.ours.get(), [&] { called = true; });
    CHECK(loop.run_once() == 1);
    CHECK(called);
}

TEST_CASE("what was remembered in vain is told once", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    const int fd = pair.ours.get();
    loop.watch(fd);
    write_to(pair.theirs.get(), "x");
    settle(loop);
    CHECK(read_from(fd) == "x");  // read before anybody waited for it

    Reader reader{.loop = loop, .fd = fd};
    reader.wait();
    settle(loop);
    CHECK(reader.calls <= 1);
    const int in_vain = reader.calls;

    write_to(pair.theirs.get(), "y");
    settle(loop);
    CHECK(reader.calls == in_vain + 1);
    CHECK(reader.text == "y");
}

TEST_CASE("requests and answers cost no read that finds nothing", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    loop.watch(pair.ours.get());
    Reader reader{.loop = loop, .fd = pair.ours.get()};
    reader.wait();
    settle(loop);
    for (int request = 1; request <= 100; ++request) {
        write_to(pair.theirs.get(), "?");
        settle(loop);
        write_to(pair.ours.get(), "!");
        settle(loop);
        CHECK(read_from(pair.theirs.get()) == "!");
        REQUIRE(reader.calls == request);
    }
}

TEST_CASE("the end of the stream is told to who has read all before it", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const bool over_tcp = GENERATE(false, true);
    const bool at_once = GENERATE(false, true);
    const bool only_half = GENERATE(false, true);
    CAPTURE(over_tcp, at_once, only_half);
    Pair pair = over_tcp ? connected_tcp_pair() : connected_pair();
    Reader reader{.loop = loop, .fd = pair.ours.get()};
    loop.watch(pair.ours.get());
    if (!at_once) reader.wait();
    settle(loop);

    write_to(pair.theirs.get(), "the last bytes");
    if (only_half)
        ::shutdown(pair.theirs.get(), SHUT_WR);
    else
        pair.theirs.close();

    if (at_once) {  // the bytes and the end are both here before the loop looks
        wait_for_end(pair.ours.get());
        reader.wait();
    }
    run_until(loop, [&] { return reader.ended; });
    CHECK(reader.text == "the last bytes");
    CHECK(reader.calls <= 3);
}

TEST_CASE("a reset is told to who reads and to who writes", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    Pair pair = connected_tcp_pair();
    const int fd = pair.ours.get();
    // Fill the way out, so that it isn't writable already.
    const std::string much(1 << 20, 'x');
    while (try_send(fd, much).status == IoResult::Status::ok) {}
    bool readable = false;
    bool writable = false;
    loop.watch(fd);
    settle(loop);
    loop.when_readable(fd, [&] { readable = true; });
    loop.when_writable(fd, [&] { writable = true; });

    const struct ::linger none { .l_onoff = 1, .l_linger = 0 };
    ::setsockopt(pair.theirs.get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
    pair.theirs.close();
    run_until(loop, [&] { return readable && writable; });
    char byte = 0;
    CHECK(::recv(fd, &byte, 1, 0) == -1);
    CHECK(errno == ECONNRESET);
}

TEST_CASE("a refused connection is told to who waits for writing", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(local_port(listen_on("127.0.0.1", 0).get()));  // closed again
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const UniqueFd socket{::socket(AF_INET, SOCK_STREAM, 0)};
    set_mode(socket.get(), Mode::non_blocking);
    REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address),
                      sizeof address) == -1);
    REQUIRE(errno == EINPROGRESS);

    loop.watch(socket.get());
    bool called = false;
    loop.when_writable(socket.get(), [&] { called = true; });
    run_until(loop, [&] { return called; });
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    CHECK(error == ECONNREFUSED);
}

TEST_CASE("who waits for writing is called when the other side has read", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    const int fd = pair.ours.get();
    loop.watch(fd);
    settle(loop);
    const std::string much(1 << 16, 'x');
    while (try_send(fd, much).status == IoResult::Status::ok) {}

    bool called = false;
    const auto on_writable = [&] { called = true; };
    loop.when_writable(fd, on_writable);
    settle(loop);
    if (called) {  // it was writable before it was full: that may be told, once
        called = false;
        loop.when_writable(fd, on_writable);
        settle(loop);
    }
    CHECK_FALSE(called);
    while (read_from(pair.theirs.get()) != "(nothing)") {}
    settle(loop);
    CHECK(called);
    CHECK(try_send(fd, much).status == IoResult::Status::ok);
}

TEST_CASE("both directions can be waited for, and one of them dropped", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    const int fd = pair.ours.get();
    std::string called;
    const auto wait_for_both = [&] {
        loop.when_readable(fd, [&] { called += 'r'; });
        loop.when_writable(fd, [&] { called += 'w'; });
    };
    loop.watch(fd);
    wait_for_both();
    write_to(pair.theirs.get(), "x");
    SECTION("both") {
        CHECK(loop.run_once(false) == 2);
        CHECK(called == "rw");
    }
    SECTION("only writing") {
        loop.cancel_readable(fd);
        CHECK(loop.run_once(false) == 1);
        CHECK(called == "w");
    }
    SECTION("only reading") {
        loop.cancel_writable(fd);
        CHECK(loop.run_once(false) == 1);
        CHECK(called == "r");
    }
    SECTION("none, and then both again: nothing is lost") {
        loop.cancel_readable(fd);
        loop.cancel_writable(fd);
        CHECK(loop.run_once(false) == 0);
        wait_for_both();
        CHECK(loop.run_once(false) == 2);
        CHECK(called == "rw");
    }
}

TEST_CASE("a callback may drop the other wait on its descriptor", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    const int fd = pair.ours.get();
    int calls = 0;
    loop.watch(fd);
    loop.when_readable(fd, [&] {
        ++calls;
        loop.cancel_writable(fd);
    });
    loop.when_writable(fd, [&] {
        ++calls;
        loop.cancel_readable(fd);
    });
    write_to(pair.theirs.get(), "x");
    CHECK(loop.run_once(false) == 1);
    CHECK(calls == 1);
}

TEST_CASE("a forgotten descriptor's waits are destroyed without being called",
          "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    const auto owned = std::make_shared<bool>(false);
    loop.watch(pair.ours.get());
    loop.when_readable(pair.ours.get(), [owned] { *owned = true; });
    loop.when_writable(pair.ours.get(), [owned] { *owned = true; });
    CHECK(owned.use_count() == 3);
    write_to(pair.theirs.get(), "x");

    loop.forget(pair.ours.get());
    CHECK(owned.use_count() == 1);
    CHECK(loop.run_once(false) == 0);
    CHECK_FALSE(*owned);
}

TEST_CASE("what a dropped wait owns may use the loop as it dies", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair first = connected_pair();
    const Pair second = connected_pair();
    loop.watch(first.ours.get());
    loop.watch(second.ours.get());
    bool called = false;
    loop.when_readable(second.ours.get(), [&] { called = true; });
    {
        const std::shared_ptr<int> owner(new int, [&](int* number) {
            delete number;
            loop.forget(second.ours.get());
        });
        loop.when_readable(first.ours.get(), [owner] {});
    }
    loop.forget(first.ours.get());
    write_to(second.theirs.get(), "x");
    CHECK(loop.run_once(false) == 0);
    CHECK_FALSE(called);
}

TEST_CASE("a callback may forget and close its own descriptor", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    Pair pair = connected_pair();
    int calls = 0;
    loop.watch(pair.ours.get());
    loop.when_writable(pair.ours.get(), [&] { ++calls; });  // in the same batch
    loop.when_readable(pair.ours.get(), [&] {
        ++calls;
        loop.forget(pair.ours.get());
        pair.ours.close();
    });
    write_to(pair.theirs.get(), "x");
    CHECK(loop.run_once(false) == 1);
    CHECK(calls == 1);
    CHECK(loop.run_once(false) == 0);
}

TEST_CASE("a callback may forget and close another's descriptor", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    Pair pairs[] = {connected_pair(), connected_pair()};
    int calls = 0;
    for (int i = 0; i < 2; ++i) {
        Pair& other = pairs[1 - i];
        loop.watch(pairs[i].ours.get());
        loop.when_readable(pairs[i].ours.get(), [&loop, &calls, &other] {
            ++calls;
            loop.forget(other.ours.get());
            other.ours.close();
        });
        write_to(pairs[i].theirs.get(), "x");
    }
    CHECK(loop.run_once(false) == 1);  // whichever came first
    CHECK(calls == 1);
    CHECK(loop.run_once(false) == 0);
}

TEST_CASE("an event of a closed descriptor never reaches the next one of its number",
          "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    Pair pairs[] = {connected_pair(), connected_pair()};
    const Pair newcomer = connected_pair();
    int number = -1;
    int calls = 0;
    int early_calls = 0;
    for (int i = 0; i < 2; ++i) {
        Pair& other = pairs[1 - i];
        loop.watch(pairs[i].ours.get());
        loop.when_readable(pairs[i].ours.get(), [&] {
            ++calls;
            number = other.ours.get();
            loop.forget(number);
            REQUIRE(::dup2(newcomer.ours.get(), number) == number);  // closes the old one
            loop.watch(number);
            loop.when_readable(number, [&] { ++early_calls; });
        });
        write_to(pairs[i].theirs.get(), "x");
    }
    CHECK(loop.run_once(false) == 1);
    CHECK(calls == 1);
    settle(loop);
    CHECK(early_calls == 0);

    write_to(newcomer.theirs.get(), "x");
    settle(loop);
    CHECK(early_calls == 1);
}

TEST_CASE("what was remembered of a forgotten descriptor is forgotten", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    Pair old = connected_pair();
    const Pair newcomer = connected_pair();
    const int number = old.ours.get();
    loop.watch(number);
    write_to(old.theirs.get(), "x");
    settle(loop);
    bool called = false;
    loop.when_readable(number, [&] { called = true; });  // due in the next turn
    loop.forget(number);
    REQUIRE(::dup2(newcomer.ours.get(), number) == number);
    loop.watch(number);
    loop.when_readable(number, [&] { called = true; });
    settle(loop);
    CHECK_FALSE(called);
}

TEST_CASE("1,000 connections are each told once, and all in a few turns", "[04][loop]") {
    constexpr std::size_t count = 1000;
    SIX_NEEDS_DESCRIPTORS(2 * count);
    LoopWithAlarm loop(make_poller(each_poller()));
    std::vector<Pair> pairs;
    std::vector<int> calls(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        pairs.push_back(connected_pair());
        loop.watch(pairs[i].ours.get());
        loop.when_readable(pairs[i].ours.get(), [&calls, i] { ++calls[i]; });
    }
    settle(loop);
    CHECK(calls == std::vector<int>(count, 0));
    for (const Pair& pair : pairs) write_to(pair.theirs.get(), "x");
    for (int turn = 0; turn < 4; ++turn) loop.run_once(false);
    CHECK(calls == std::vector<int>(count, 1));
    for (const Pair& pair : pairs) loop.forget(pair.ours.get());
}

TEST_CASE("when a callback throws, the rest of the batch is not lost", "[04][loop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    std::vector<Pair> pairs;
    int calls = 0;
    for (int i = 0; i < 5; ++i) {
        pairs.push_back(connected_pair());
        const int fd = pairs.back().ours.get();
        loop.watch(fd);
        const auto throw_at_the_third = [&] {
            if (++calls == 3) throw std::runtime_error("thrown");
        };
        loop.when_readable(fd, throw_at_the_third);
        loop.when_writable(fd, throw_at_the_third);
        write_to(pairs.back().theirs.get(), "x");
    }
    CHECK_THROWS_WITH(loop.run_once(), "thrown");
    CHECK(calls == 3);
    CHECK(loop.run_once() == 7);
    CHECK(calls == 10);
}
