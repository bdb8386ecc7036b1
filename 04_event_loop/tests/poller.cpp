#include "04_event_loop/poller.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <map>
#include <stdexcept>

#include "common/testing/catch.hpp"
#include "common/testing/skip.hpp"
#include "loop_testing.hpp"

using namespace six;
using namespace six::testing;
using namespace std::chrono_literals;

namespace {

/// What the poller says of a descriptor now, without waiting.
Readiness look_at(Poller& poller, int fd) {
    Readiness found;
    for (const Readiness& ready : poller.wait(0ns)) {
        if (ready.fd == fd) found = ready;
    }
    return found;
}

}  // namespace

TEST_CASE("the best poller comes first, and an unknown one is refused", "[04][poller]") {
    const auto names = poller_names();
    CHECK(names.back() == "poll");
#if defined(__linux__) && !defined(SIX_PORTABLE)
    CHECK(names == std::vector<std::string>{"epoll", "poll"});
#else
    CHECK(names.size() == 1);
    CHECK_THROWS_AS(make_poller("epoll"), std::invalid_argument);
#endif
    CHECK(make_poller() != nullptr);
    for (const auto& name : names) CHECK(make_poller(name) != nullptr);
    CHECK_THROWS_WITH(make_poller("kqueue"), Catch::Matchers::ContainsSubstring("kqueue"));
}

TEST_CASE("a timeout in milliseconds is rounded up", "[04][poller]") {
    CHECK(to_milliseconds(std::nullopt) == -1);
    CHECK(to_milliseconds(0ns) == 0);
    CHECK(to_milliseconds(-5s) == 0);
    CHECK(to_milliseconds(1ns) == 1);
    CHECK(to_milliseconds(1ms) == 1);
    CHECK(to_milliseconds(1ms + 1ns) == 2);
    CHECK(to_milliseconds(std::chrono::nanoseconds::max()) ==
          std::numeric_limits<int>::max());
}

TEST_CASE("a poller tells what can be read and what can be written", "[04][poller]") {
    const auto poller = make_poller(each_poller());
    const Pair pair = connected_pair();
    const int fd = pair.ours.get();
    poller->add(fd);
    poller->arm(fd, {.read = true, .write = true});

    Readiness ready = look_at(*poller, fd);
    CHECK_FALSE(ready.readable);
    CHECK(ready.writable);

    write_to(pair.theirs.get(), "x");
    ready = look_at(*poller, fd);
    CHECK(ready.readable);
    CHECK_FALSE(ready.ended);

    poller->remove(fd);
    write_to(pair.theirs.get(), "y");
    CHECK(poller->wait(0ns).empty());
}

TEST_CASE("what was ready before it was added is reported", "[04][poller]") {
    const auto poller = make_poller(each_poller());
    const Pair pair = connected_pair();
    write_to(pair.theirs.get(), "x");
    poller->add(pair.ours.get());
    poller->arm(pair.ours.get(), {.read = true});
    CHECK(look_at(*poller, pair.ours.get()).readable);
}

TEST_CASE("a descriptor that is removed and added again starts anew", "[04][poller]") {
    const auto poller = make_poller(each_poller());
    const Pair pair = connected_pair();
    const int fd = pair.ours.get();
    write_to(pair.theirs.get(), "x");
    for (int round = 0; round < 3; ++round) {
        poller->add(fd);
        poller->arm(fd, {.read = true});
        CHECK(look_at(*poller, fd).readable);
        poller->remove(fd);
    }
}

TEST_CASE("poll reports again and again, epoll once", "[04][poller]") {
    const std::string name = each_poller();
    const auto poller = make_poller(name);
    const Pair pair = connected_pair();
    poller->add(pair.ours.get());
    poller->arm(pair.ours.get(), {.read = true});
    write_to(pair.theirs.get(), "x");
    CHECK(look_at(*poller, pair.ours.get()).readable);
    CHECK(look_at(*poller, pair.ours.get()).readable == (name == "poll"));
}

TEST_CASE("poll reports only what somebody waits for", "[04][poller]") {
    const auto poller = make_poll_poller();
    Pair pair = connected_pair();
    const int fd = pair.ours.get();
    poller->add(fd);
    write_to(pair.theirs.get(), "x");
    CHECK(poller->wait(0ns).empty());

    poller->arm(fd, {.write = true});
    CHECK_FALSE(look_at(*poller, fd).readable);
    CHECK(look_at(*poller, fd).writable);

    poller->arm(fd, {});
    pair.theirs.close();  // a hang-up too: else the loop would spin
    CHECK(poller->wait(0ns).empty());
}

TEST_CASE("when the other side has gone, it is readable and writable", "[04][poller]") {
    const std::string name = each_poller();
    const auto poller = make_poller(name);
    Pair pair = connected_pair();
    poller->add(pair.ours.get());
    poller->arm(pair.ours.get(), {.read = true, .write = true});
    poller->wait(0ns);

    write_to(pair.theirs.get(), "the last bytes");
    pair.theirs.close();
    const Readiness ready = look_at(*poller, pair.ours.get());
    CHECK(ready.readable);
    CHECK(ready.writable);
    if (name == "epoll") CHECK(ready.ended);
}

TEST_CASE("an edge-triggered poller tells that the other side sends no more",
          "[04][poller]") {
    const std::string name = each_poller();
    const auto poller = make_poller(name);
    const Pair pair = connected_tcp_pair();
    poller->add(pair.ours.get());
    poller->arm(pair.ours.get(), {.read = true});
    ::shutdown(pair.theirs.get(), SHUT_WR);

    Readiness ready;
    wait_until("readiness", [&] {
        ready = look_at(*poller, pair.ours.get());
        return ready.readable;
    });
    if (name == "epoll") CHECK(ready.ended);
}

TEST_CASE("a poller waits for its timeout, and not less", "[04][poller]") {
    const auto poller = make_poller(each_poller());
    for (const auto timeout : {1ns, 300'000ns, 1'000'000ns, 2'300'000ns}) {
        const auto before = std::chrono::steady_clock::now();
        CHECK(poller->wait(timeout).empty());
        CHECK(std::chrono::steady_clock::now() - before >= timeout);
    }
}

TEST_CASE("a poller ends its wait when something is ready", "[04][poller]") {
    const auto poller = make_poller(each_poller());
    const Pair pair = connected_pair();
    write_to(pair.theirs.get(), "x");
    poller->add(pair.ours.get());
    poller->arm(pair.ours.get(), {.read = true});
    const auto timeout = GENERATE(Poller::Timeout{}, Poller::Timeout{std::chrono::hours{1}},
                                  Poller::Timeout{std::chrono::nanoseconds::max()});
    CHECK(poller->wait(timeout).size() == 1);
}

TEST_CASE("more ready descriptors than fit in a batch are all reported", "[04][poller]") {
    const auto poller = make_poller(each_poller());
    constexpr std::size_t count = 600;
    SIX_NEEDS_DESCRIPTORS(2 * count);
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < count; ++i) {
        pairs.push_back(connected_pair());
        write_to(pairs.back().theirs.get(), "x");
        poller->add(pairs.back().ours.get());
        poller->arm(pairs.back().ours.get(), {.read = true});
    }
    std::map<int, int> seen;
    for (int round = 0; round < 2; ++round) {
        for (const Readiness& ready : poller->wait(0ns)) {
            seen[ready.fd] += ready.readable;
            poller->arm(ready.fd, {});
        }
    }
    CHECK(seen.size() == count);
    CHECK(
        std::all_of(seen.begin(), seen.end(), [](auto& each) { return each.second == 1; }));
}

TEST_CASE("what cannot be watched is refused", "[04][poller]") {
    const auto poller = make_epoll_poller();
    if (!poller) return;  // poll takes everything
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
    CHECK_THROWS_AS(poller->add(::fileno(file.get())), std::system_error);
}
