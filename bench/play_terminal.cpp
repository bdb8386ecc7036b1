#include "bench/play_terminal.hpp"

#include <langinfo.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>

#include "bench/play_signals.hpp"

namespace six::play {

namespace {

// Private modes of xterm, which the others have taken over: 1049 the alternate screen,
// 25 the cursor, 7 wrapping at the edge.
constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
constexpr std::string_view leave = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";

// A signal handler may touch little else than these (signal-safety(7)).
termios original;
std::atomic<bool> taken = false;

void write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) return;  // the terminal has gone
        if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// Async-signal-safe.
void give_back() {
    if (!taken.exchange(false)) return;
    write_all(leave);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &original);
}

extern "C" void on_crash(int signal) {
    give_back();
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

LineStyle style_of_terminal() {
    std::setlocale(LC_CTYPE, "");
    const char* no_color = std::getenv("NO_COLOR");
    return {std::string_view(::nl_langinfo(CODESET)) == "UTF-8",
            no_color == nullptr || *no_color == '\0'};
}

winsize size() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return {24, 80, 0, 0};
    return size;
}

/// The length of the escape sequence at the beginning (ECMA-48, 5.4); 0: it isn't all here.
std::size_t sequence_length(std::string_view bytes) {
    if (bytes.size() < 2) return 0;
    if (bytes[1] != '[' && bytes[1] != 'O') return 2;
    for (std::size_t i = 2; i < bytes.size(); ++i)
        if (bytes[i] >= '@' && bytes[i] <= '~') return i + 1;
    return 0;
}

Key key_of(std::string_view bytes) {
    constexpr char control_c = 3;
    constexpr char control_d = 4;
    if (bytes.size() == 3) {  // an arrow: ESC [ D, or ESC O D
        if (bytes[2] == 'D') return Key::first;
        if (bytes[2] == 'C') return Key::second;
    }
    if (bytes.size() > 1) return Key::unknown;
    switch (bytes[0]) {
        case '1':
        case 'a':
        case 'A': return Key::first;
        case '2':
        case 'b':
        case 'B': return Key::second;
        case 'r':
        case 'R': return Key::new_round;
        case '?':
        case 'h': return Key::help;
        case 'q':
        case 'Q':
        case control_c:
        case control_d: return Key::quit;
        default: return Key::unknown;
    }
}

}  // namespace

std::vector<Key> take_keys(std::string& bytes) {
    std::vector<Key> keys;
    while (!bytes.empty()) {
        const std::size_t length = bytes[0] == '\x1b' ? sequence_length(bytes) : 1;
        if (length == 0) break;
        keys.push_back(key_of(std::string_view(bytes).substr(0, length)));
        bytes.erase(0, length);
    }
    return keys;
}

bool has_terminal() {
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
}

Terminal::Terminal() : style_(style_of_terminal()) {
    if (::tcgetattr(STDIN_FILENO, &original) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot use the terminal");
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        std::signal(signal, on_crash);
    termios raw = original;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
    raw.c_cc[VMIN] = 0;  // read() returns what is there
    raw.c_cc[VTIME] = 0;
    taken = true;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    write_all(enter);
}

Terminal::~Terminal() {
    give_back();
}

bool Terminal::wait(const std::vector<int>& descriptors, int time_ms) const {
    std::vector<pollfd> waiting{{STDIN_FILENO, POLLIN, 0}, {end_signal_fd(), POLLIN, 0}};
    for (const int fd : descriptors) waiting.push_back({fd, POLLIN, 0});
    return ::poll(waiting.data(), static_cast<nfds_t>(waiting.size()), time_ms) > 0;
}

std::vector<Key> Terminal::keys() {
    std::array<char, 64> buffer;
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count > 0) bytes_.append(buffer.data(), static_cast<std::size_t>(count));
    return take_keys(bytes_);
}

int Terminal::columns() const {
    return size().ws_col;
}

int Terminal::rows() const {
    return size().ws_row;
}

void Terminal::show(const Canvas& canvas) {
    std::string out;
    const auto rows = static_cast<std::size_t>(canvas.rows());
    if (shown_.size() != rows) {  // the first time, or after a change of size
        shown_.assign(rows, "");
        out += "\x1b[0m\x1b[2J";
    }
    for (std::size_t row = 0; row < rows; ++row) {
        std::string line = canvas.coloured(static_cast<int>(row), style_);
        if (line == shown_[row]) continue;
        out += "\x1b[" + std::to_string(row + 1) + ";1H" + line;
        shown_[row] = std::move(line);
    }
    write_all(out);
}

}  // namespace six::play
