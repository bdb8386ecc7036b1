// Which pollers there are. The pollers themselves: poller_poll.cpp, poller_epoll.cpp.
#include "04_event_loop/poller.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace six {

std::unique_ptr<Poller> make_poller(const std::string& name) {
    if (name.empty()) return make_poller(poller_names().front());
    std::unique_ptr<Poller> poller;
    if (name == "epoll") poller = make_epoll_poller();
    if (name == "poll") poller = make_poll_poller();
    if (!poller) throw std::invalid_argument("no such poller here: " + name);
    return poller;
}

std::vector<std::string> poller_names() {
    if (make_epoll_poller()) return {"epoll", "poll"};
    return {"poll"};
}

int to_milliseconds(Poller::Timeout timeout) {
    if (!timeout) return -1;
    constexpr std::chrono::milliseconds longest{std::numeric_limits<int>::max()};
    const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(*timeout);
    // A wait that is cut at 24 days only makes the loop look at its timers and wait again.
    return static_cast<int>(
        std::clamp(rounded_up, std::chrono::milliseconds::zero(), longest).count());
}

}  // namespace six
