#include "01_blocking/stop_signal.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "01_blocking/socket.hpp"

namespace six {

namespace {

// A signal handler may touch little else than lock-free atomics, and call little else than
// plain system calls (signal-safety(7); setitimer is not on that list, but is one).
std::atomic<bool> stop_requested = false;
std::atomic<int> pipe_to_poll = -1;
std::atomic<int> socket_to_shut = -1;
std::atomic<int> listener_to_close = -1;
std::atomic<long> drain_milliseconds = -1;
static_assert(std::atomic<int>::is_always_lock_free);

void start_drain_clock() {
    const long time = drain_milliseconds;
    if (time < 0) return;
    if (time == 0) ::_exit(0);
    itimerval timer{};
    timer.it_value.tv_sec = time / 1000;
    timer.it_value.tv_usec = static_cast<suseconds_t>(time % 1000 * 1000);
    ::setitimer(ITIMER_REAL, &timer, nullptr);
}

extern "C" void on_stop_signal(int signal) {
    const int error = errno;
    const bool second = stop_requested.exchange(true);
    if (second) {  // die of it, once we have returned
        std::signal(signal, SIG_DFL);
        std::raise(signal);
    }
    [[maybe_unused]] const auto written = ::write(pipe_to_poll, "", 1);
    // With this the descriptor names the pipe, and nothing names the socket any more. To
    // close it would give its number away while its owner still uses it.
    if (const int listener = listener_to_close; listener >= 0)
        ::dup2(pipe_to_poll, listener);
    if (const int socket = socket_to_shut; socket >= 0) ::shutdown(socket, SHUT_RD);
    start_drain_clock();
    errno = error;
}

extern "C" void on_drain_over(int) {
    ::_exit(0);
}

void handle(int signal, void (*handler)(int), int flags) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    ::sigaction(signal, &action, nullptr);
}

constexpr std::array stop_signals{SIGINT, SIGTERM};

}  // namespace

StopSignal::StopSignal() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot create a pipe");
    pipe_reader_ = UniqueFd{ends[0]};
    pipe_writer_ = UniqueFd{ends[1]};
    for (const int end : ends) set_mode(end, Mode::non_blocking);
    stop_requested = false;
    pipe_to_poll = pipe_writer_.get();
    for (const int signal : stop_signals) handle(signal, on_stop_signal, SA_RESTART);
}

StopSignal::~StopSignal() {
    for (const int signal : stop_signals) handle(signal, SIG_DFL, 0);
    pipe_to_poll = -1;
    listener_to_close = -1;
    drain_milliseconds = -1;
}

bool StopSignal::requested() const noexcept {
    return stop_requested;
}

bool StopSignal::wait_for_client(int listener) const {
    std::array<pollfd, 2> waiting{{{listener, POLLIN, 0}, {fd(), POLLIN, 0}}};
    while (!requested()) {
        if (::poll(waiting.data(), waiting.size(), -1) > 0) break;
    }
    return !requested();
}

void StopSignal::pause(std::chrono::milliseconds time) const {
    pollfd waiting{fd(), POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(time.count()));
}

StopSignal::EndsReading::EndsReading(const StopSignal& stop, int socket) {
    socket_to_shut = socket;
    if (stop.requested())
        ::shutdown(socket, SHUT_RD);  // the handler came too early to see it
}

StopSignal::EndsReading::~EndsReading() {
    socket_to_shut = -1;
}

void StopSignal::refuse_clients(int listener) {
    listener_to_close = listener;
}

void StopSignal::limit_drain(std::chrono::milliseconds time) {
    handle(SIGALRM, on_drain_over, 0);
    drain_milliseconds = static_cast<long>(time.count());
}

}  // namespace six
