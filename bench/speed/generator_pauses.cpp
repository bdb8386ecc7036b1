// The generator's clients that pause between a request's head and its body. All pauses are
// equally long, so the order in which they begin is that in which they end: a queue is
// enough, no timers are needed.
#include <poll.h>
#include <time.h>

#include <algorithm>

#include "bench/speed/client_socket.hpp"
#include "bench/speed/generator.hpp"

namespace six::speed {

using namespace std::chrono_literals;

void Generator::pause_until(Clock::time_point due, Connection& connection) {
    connection.due = due;
    pauses_.push_back({due, &connection});
}

/// Who has not begun, begins; who has sent a head, sends the body.
void Generator::end_pauses(Clock::time_point now, Tally& tally) {
    while (!pauses_.empty() && pauses_.front().due <= now) {
        const auto [due, connection] = pauses_.front();
        pauses_.pop_front();
        if (connection->due != due) continue;  // its connection was lost meanwhile
        connection->due = {};
        if (!connection->waiting) {
            idle_.push_back(connection);
        } else if (!send_all(connection->socket.get(), question_.body)) {
            lose(*connection, tally);
        }
    }
}

/// Until something comes, the next pause is over, or the time is; how much has come.
int Generator::wait(Clock::time_point until) {
    int most_ms = 0;
    if (pauses_.empty()) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        most_ms = std::max(0, static_cast<int>(left.count()));
    } else {  // epoll_wait knows milliseconds only: too coarse for a pause
        const std::chrono::nanoseconds left = std::max<std::chrono::nanoseconds>(
            std::min(until, pauses_.front().due) - Clock::now(), 0ns);
        const timespec time{left / 1s, (left % 1s).count()};
        pollfd poller{poller_.get(), POLLIN, 0};
        ::ppoll(&poller, 1, &time, nullptr);
    }
    return ::epoll_wait(poller_.get(), events_.data(), static_cast<int>(events_.size()),
                        most_ms);
}

}  // namespace six::speed
