// Places for connections: taken and given back, waited for, and the wait given up.
#include "06_full_server/admission.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <future>
#include <optional>
#include <string>

#include "01_blocking/socket.hpp"
#include "05_coroutines/task_group.hpp"
#include "05_coroutines/tests/loops.hpp"

using namespace six;
using namespace six::test;
using six::full::Admission;
using six::full::network_of;

namespace {

Task<void> take_places(Admission& admission, int number, std::string& log) {
    for (int i = 0; i < number; ++i) {
        co_await admission.place();
        log += 'p';
    }
}

}  // namespace

TEST_CASE("while there is a place nobody waits", "[06][limits]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Admission admission(on.loop, {1});
    std::string log;
    sync_wait(on.loop, take_places(admission, 3, log));
    CHECK(log == "ppp");
}

TEST_CASE("who waits for a place goes on when another thread gives one back",
          "[06][limits]") {
    EventLoop loop;
    Admission admission(loop, {2});
    std::optional<Admission::Ticket> first = admission.admit({});
    const auto second = admission.admit({});
    CHECK_FALSE(admission.has_place());

    std::string log;
    const auto wait = [&]() -> Task<void> {
        const auto other = std::async(std::launch::async, [&] { first.reset(); });
        co_await admission.place();
        log += 'p';
    };
    sync_wait(loop, wait());
    CHECK(log == "p");
    CHECK(admission.has_place());
}

TEST_CASE("a ticket that is moved keeps its place", "[06][limits]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Admission admission(on.loop, {1});
    {
        Admission::Ticket ticket = admission.admit({}).value();
        const Admission::Ticket moved(std::move(ticket));
        CHECK_FALSE(admission.has_place());
    }
    CHECK(admission.has_place());
}

TEST_CASE("each network has its share, and has it again when it gives a place back",
          "[06][limits]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Admission admission(on.loop, {.all = 10, .one_network = 2});
    auto first = admission.admit("here");
    const auto second = admission.admit("here");
    CHECK_FALSE(admission.admit("here"));
    CHECK(admission.admit("there"));
    first.reset();
    CHECK(admission.admit("here"));
}

TEST_CASE("the wait for a place can be given up", "[06][limits]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Admission admission(on.loop, {1});
    std::optional<Admission::Ticket> ticket = admission.admit({});
    std::string log;
    const auto give_up = [&]() -> Task<void> {
        TaskGroup group;
        group.spawn(take_places(admission, 1, log));
        group.cancel();
        co_await group.join();
        log += "given up";
    };
    sync_wait(on.loop, give_up());
    ticket.reset();  // and wakes nobody
    while (on.loop.run_once(false) > 0) {}
    CHECK(log == "given up");
}

TEST_CASE("an IPv4 client is known by its address, at a listener for IPv6, too",
          "[06][limits]") {
    const UniqueFd listener = listen_on("::", 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(local_port(listener.get()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const UniqueFd client{::socket(AF_INET, SOCK_STREAM, 0)};
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    REQUIRE(::connect(client.get(), generic, sizeof address) == 0);

    const UniqueFd accepted = accept_client(listener.get(), Mode::blocking);
    CHECK(network_of(accepted.get()) == std::string("\x7f\0\0\x01", 4));
}
