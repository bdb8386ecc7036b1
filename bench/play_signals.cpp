#include "bench/play_signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace six::play {

namespace {

// A signal handler may touch little else than these (signal-safety(7)).
std::atomic<int> noted = 0;
std::array<int, 2> pipe_ends{-1, -1};  // written once, before there is a handler

extern "C" void on_end(int signal) {
    const int error = errno;
    noted = signal;
    [[maybe_unused]] const auto written = ::write(pipe_ends[1], "", 1);
    errno = error;
}

}  // namespace

void note_end_signals() {
    if (::pipe(pipe_ends.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot create a pipe");
    for (const int end : pipe_ends) {
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) std::signal(signal, on_end);
}

int end_signal() {
    return noted;
}

int end_signal_fd() {
    return pipe_ends[0];
}

}  // namespace six::play
