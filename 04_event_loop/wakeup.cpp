#include "04_event_loop/wakeup.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "01_blocking/socket.hpp"

namespace six {

Wakeup::Wakeup() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe");
    reader_ = UniqueFd{ends[0]};
    writer_ = UniqueFd{ends[1]};
    for (const int end : ends) set_mode(end, Mode::non_blocking);
}

void Wakeup::signal() noexcept {
    // "Would block" means that many signals are unread: one more would say nothing new.
    while (::write(writer_.get(), "", 1) < 0 && errno == EINTR) {}
}

void Wakeup::drain() noexcept {
    std::array<char, 512> bytes;
    const auto full = static_cast<ssize_t>(bytes.size());
    ssize_t count = 0;
    do {
        count = ::read(reader_.get(), bytes.data(), bytes.size());
    } while (count == full || (count < 0 && errno == EINTR));
}

}  // namespace six
