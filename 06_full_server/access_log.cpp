#include "06_full_server/access_log.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <ctime>
#include <iterator>
#include <utility>

namespace six::full {

using namespace std::chrono_literals;

AccessLog::AccessLog(int fd, Format format) : fd_(fd), format_(format) {
    if (format_ != Format::off) thread_ = std::thread([this] { work(); });
}

AccessLog::~AccessLog() {
    if (!thread_.joinable()) return;  // off
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

std::string AccessLog::gap(std::size_t requests) const {
    if (format_ == Format::json) return fmt::format("{{\"dropped\":{}}}\n", requests);
    return fmt::format("{} requests are not in this log: it could not be written\n",
                       requests);
}

// #region log
bool AccessLog::try_take(std::string& lines) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return false;
    if (waiting_.size() + lines.size() <= most_bytes)
        waiting_ += lines;
    else
        dropped_ += static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
    lines.clear();
    changed_.notify_one();
    return true;
}

void AccessLog::work() {
    while (true) {
        std::string lines;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return !waiting_.empty() || closing_; });
            lines.swap(waiting_);
            if (const std::size_t dropped = std::exchange(dropped_, 0))
                lines += gap(dropped);
        }
        if (lines.empty() || !write(lines)) return;
    }
}
// #endregion

/// Blocks until all is written, however long nobody reads or the disk is full: meanwhile
/// `try_take` drops lines and counts them. False: it has to end before.
bool AccessLog::write(std::string_view bytes) const {
    constexpr auto pause = 100ms;
    int patience = 10;  // pauses, once the server wants to end
    while (!bytes.empty()) {
        pollfd room{fd_, POLLOUT, 0};
        const bool tried = ::poll(&room, 1, pause / 1ms) > 0;
        // So much doesn't block where poll has found room (pipe(7), PIPE_BUF).
        const ssize_t written =
            tried
                ? ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF))
                : 0;
        if (written > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        if (closing_ && --patience == 0) return false;
        // A full disk stays full for a while: what is tried again at once burns the CPU.
        if (tried) std::this_thread::sleep_for(pause);
    }
    return true;
}

namespace {

std::string_view name_of(http::Method method) {
    switch (method) {
        case http::Method::get: return "GET";
        case http::Method::head: return "HEAD";
        case http::Method::post: return "POST";
        case http::Method::options: return "OPTIONS";
        case http::Method::other: break;
    }
    return "-";
}

/// For a place between quotes. A path has visible ASCII only: the parser sees to it.
std::string escaped(std::string_view path) {
    std::string result;
    for (const char byte : path) {
        if (byte == '"' || byte == '\\') result += '\\';
        result += byte;
    }
    return result;
}

/// As RFC 3339 has it, in UTC, to the millisecond.
std::string timestamp(std::chrono::system_clock::time_point now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    const auto milliseconds =
        std::chrono::floor<std::chrono::milliseconds>(now - second).count();
    const std::time_t time = std::chrono::system_clock::to_time_t(second);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%FT%T", &parts);
    return fmt::format("{}.{:03}Z", text.data(), milliseconds);
}

}  // namespace

LogLines::~LogLines() {
    loop_.cancel(timer_);
    while (!lines_.empty() && !log_.try_take(lines_)) {}  // the other side holds it shortly
}

void LogLines::add(std::string_view client, const http::RequestHead& head, int status,
                   std::uint64_t body_bytes, Duration took) {
    constexpr std::string_view text = "{} {} \"{} {}\" {} {} {:.6f}\n";
    constexpr std::string_view json =
        "{{\"time\":\"{}\",\"client\":\"{}\",\"method\":\"{}\",\"path\":\"{}"
        "\","
        "\"status\":{},\"bytes\":{},\"seconds\":{:.6f}}}\n";
    if (lines_.empty()) timer_ = loop_.call_after({}, [this] { hand_over(); });
    fmt::format_to(std::back_inserter(lines_),
                   fmt::runtime(log_.format() == AccessLog::Format::json ? json : text),
                   timestamp(std::chrono::system_clock::now()), client,
                   name_of(head.method), escaped(head.path), status, body_bytes,
                   std::chrono::duration<double>(took).count());
}

std::string peer_address(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    std::array<char, NI_MAXHOST> text{};
    void* const raw = &address;
    auto* const any = static_cast<sockaddr*>(raw);
    if (::getpeername(socket, any, &size) != 0 ||
        ::getnameinfo(any, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
        return "-";
    return text.data();
}

void LogLines::hand_over() {
    if (!log_.try_take(lines_)) timer_ = loop_.call_after(1ms, [this] { hand_over(); });
}

}  // namespace six::full
