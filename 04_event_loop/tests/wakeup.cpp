#include "04_event_loop/wakeup.hpp"

#include <fcntl.h>

#include <chrono>

#include "04_event_loop/poller.hpp"
#include "common/testing/catch.hpp"

using namespace six;
using namespace std::chrono_literals;

namespace {

bool readable(const Wakeup& wakeup) {
    const auto poller = make_poll_poller();
    poller->add(wakeup.fd());
    poller->arm(wakeup.fd(), {.read = true});
    return !poller->wait(0ns).empty();
}

}  // namespace

TEST_CASE("a signal makes its descriptor readable until it is drained", "[04][wakeup]") {
    Wakeup wakeup;
    CHECK_FALSE(readable(wakeup));
    wakeup.signal();
    CHECK(readable(wakeup));
    wakeup.drain();
    CHECK_FALSE(readable(wakeup));
    wakeup.drain();  // nothing to drain: doesn't block
    wakeup.signal();
    CHECK(readable(wakeup));
}

TEST_CASE("signals that nobody drains block nobody", "[04][wakeup]") {
    Wakeup wakeup;
    for (int i = 0; i < 100'000; ++i) wakeup.signal();  // many more than a pipe holds
    wakeup.drain();
    CHECK_FALSE(readable(wakeup));
}

TEST_CASE("a wake-up's descriptor is not inherited by other programs", "[04][wakeup]") {
    const Wakeup wakeup;
    CHECK((::fcntl(wakeup.fd(), F_GETFD) & FD_CLOEXEC) != 0);
}
