// The bare loop as its users see it: a program to talk to.
#include <algorithm>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"
#include "loop_testing.hpp"

using namespace six::testing;

namespace {

ServerProcess start_bare_loop() {
    ServerProcess process(
        {.program = SIX_BARE_LOOP_PATH, .arguments = {"0", each_poller()}});
    process.wait_until_listening();
    return process;
}

}  // namespace

TEST_CASE("the bare loop sends back what each client says", "[04][bare]") {
    const ServerProcess process = start_bare_loop();
    Client first(process.address());
    Client second(process.address());
    first.send("Hello,");
    CHECK(first.read_bytes(6) == "Hello,");
    second.send("and you?");
    CHECK(second.read_bytes(8) == "and you?");
    first.send(" again");
    CHECK(first.read_bytes(6) == " again");
}

TEST_CASE("in the bare loop a silent client holds up nobody", "[04][bare]") {
    const ServerProcess process = start_bare_loop();
    std::vector<Client> silent;
    for (int i = 0; i < 100; ++i) silent.emplace_back(process.address());
    Client talker(process.address());
    talker.send("served");
    CHECK(talker.read_bytes(6) == "served");
    for (Client& client : silent) client.send("late");
    for (Client& client : silent) CHECK(client.read_bytes(4) == "late");
    if (const auto threads = process.threads()) CHECK(*threads == 1);
}

TEST_CASE("the bare loop waits for a client that does not read", "[04][bare]") {
    const ServerProcess process = start_bare_loop();
    Client stubborn(process.address(), {.receive_buffer_bytes = 4096});
    std::string much;
    for (int i = 0; much.size() < 2'000'000; ++i) much += std::to_string(i) + ' ';
    std::size_t sent = 0;
    const auto send_piece = [&] {
        const std::string piece = much.substr(sent, 50'000);
        stubborn.send(piece);
        sent += piece.size();
    };
    while (sent < 200'000) send_piece();  // comes back, more than its buffer holds
    Client other(process.address());
    other.send("served");
    CHECK(other.read_bytes(6) == "served");

    std::string echoed;
    while (echoed.size() < much.size()) {
        if (sent < much.size()) send_piece();
        echoed += stubborn.read_bytes(std::min<std::size_t>(50'000, sent - echoed.size()));
    }
    CHECK(echoed == much);
}

TEST_CASE("the bare loop lives on when a client goes", "[04][bare]") {
    const ServerProcess process = start_bare_loop();
    {
        Client reset(process.address());
        reset.send("x");
        CHECK(reset.read_bytes(1) == "x");
        reset.reset();
    }
    Client closing(process.address());
    closing.send("the last words");
    closing.half_close();
    CHECK(closing.read_until_end() == "the last words");
    Client next(process.address());
    next.send("served");
    CHECK(next.read_bytes(6) == "served");
}
