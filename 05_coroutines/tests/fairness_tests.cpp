// Who gets the loop, and whose trouble it is when something throws there.
#include <stdexcept>

#include "05_coroutines/async_socket.hpp"
#include "05_coroutines/fair_share.hpp"
#include "05_coroutines/tests/loops.hpp"
#include "05_coroutines/when_all.hpp"

using namespace six;
using namespace six::test;

namespace {

/// Waits until there is something to read, and then can't read it.
class Failing final : public DescriptorWait {
  public:
    explicit Failing(AsyncSocket& socket)
        : DescriptorWait(socket.loop(), socket.fd(), Direction::read) {}
    void await_resume() const { throw_if_failed(); }

  private:
    bool attempt() override {
        if (++attempts_ == 1) return false;
        throw std::runtime_error("no memory, say");
    }
    int attempts_ = 0;
};

Task<std::string> fail(AsyncSocket& socket) {
    try {
        co_await Failing(socket);
    } catch (const std::runtime_error& error) {
        co_return error.what();
    }
    co_return "nothing happened";
}

Task<bool> say(AsyncSocket& socket, std::string_view bytes) {
    co_return co_await socket.send_all(bytes);
}

}  // namespace

TEST_CASE("what throws when the loop tries again is thrown in the task", "[05][socket]") {
    VirtualLoop on(SIX_EACH_POLLER);
    Connection ends;
    AsyncSocket server(on.loop, std::move(ends.server));
    AsyncSocket client(on.loop, std::move(ends.client));
    const auto results = sync_wait(on.loop, when_all(fail(server), say(client, "x")));
    CHECK(std::get<0>(results) == "no memory, say");
}

TEST_CASE("a task may go on so many times in one turn", "[05][fair]") {
    VirtualLoop on(SIX_EACH_POLLER);
    FairShare share(on.loop, 2);
    const int one = 1;
    const int other = 2;
    const auto thrice = [&](const int& who) {
        const bool first = share.used_up(&who);
        const bool second = share.used_up(&who);
        return !first && !second && share.used_up(&who);
    };
    std::vector<bool> exact;
    on.loop.post([&] { exact = {thrice(one), thrice(other), thrice(one)}; });
    on.run_one();
    CHECK(exact == std::vector<bool>{true, true, true});
}

TEST_CASE("each turn has shares of its own", "[05][fair]") {
    EventLoop loop;  // its time goes on
    FairShare share(loop, 1);
    for (int turn = 0; turn < 3; ++turn) {
        bool used_up = true;
        loop.call_after(std::chrono::milliseconds(1),
                        [&] { used_up = share.used_up(&share); });
        loop.run_once();
        CHECK_FALSE(used_up);
    }
}
