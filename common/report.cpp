#include "common/report.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <mutex>
#include <utility>

namespace six {

namespace {

/// So much is written to a pipe at once or not at all: where poll(2) finds room, it fits
/// (pipe(7)).
constexpr std::size_t longest_line = PIPE_BUF;

std::string as_one_line(std::string text) {
    for (char& character : text)
        if (static_cast<unsigned char>(character) < ' ') character = ' ';
    text.resize(std::min(text.size(), longest_line - 1));
    return text + '\n';
}

bool stderr_has_room() {
    pollfd error_output{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&error_output, 1, 0) > 0;
}

}  // namespace

void report(std::string text) {
    static std::mutex mutex;
    static RecentLines recent;  // guarded by mutex
    const std::string line = as_one_line(std::move(text));
    const std::scoped_lock lock(mutex);
    if (!recent.add(line, std::chrono::steady_clock::now()) || !stderr_has_room()) return;
    (void)!::write(STDERR_FILENO, line.data(), line.size());
}

bool RecentLines::add(const std::string& line, TimePoint now) {
    if (now - began_ >= std::chrono::seconds(1)) {
        lines_.clear();
        began_ = now;
    }
    return lines_.size() < most && lines_.insert(line).second;
}

}  // namespace six
