#include "04_event_loop/wakeup.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

#if defined(__linux__) && !defined(SIX_PORTABLE)
#include <sys/eventfd.h>
#else
#include "01_blocking/socket.hpp"
#endif

namespace six {

#if defined(__linux__) && !defined(SIX_PORTABLE)

Wakeup::Wakeup() : read_end_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!read_end_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

#else

Wakeup::Wakeup() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe");
    read_end_ = UniqueFd{ends[0]};
    write_end_ = UniqueFd{ends[1]};
    for (const int end : ends) set_mode(end, Mode::non_blocking);
}

#endif

void Wakeup::signal() noexcept {
    const int fd = write_end_ ? write_end_.get() : read_end_.get();
    const std::uint64_t one = 1;  // an eventfd takes eight bytes; a pipe doesn't care
    // "Would block" means that many signals are unread: one more would say nothing new.
    while (::write(fd, &one, sizeof one) < 0 && errno == EINTR) {}
}

void Wakeup::drain() noexcept {
    std::array<char, 512> bytes{};
    const auto full = static_cast<ssize_t>(bytes.size());
    ssize_t count = 0;
    do {
        count = ::read(read_end_.get(), bytes.data(), bytes.size());
    } while (count == full || (count < 0 && errno == EINTR));
}

}  // namespace six
