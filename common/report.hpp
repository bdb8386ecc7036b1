// What goes wrong, for whoever looks after the server. Its clients are told less.
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <set>
#include <string>

namespace six {

/// One line on stderr, whatever characters are in it. What comes again with each request
/// (a disk that is full, say) doesn't fill the log: see RecentLines. On any thread. Never
/// waits for whoever reads stderr: if that pipe is full, the line is lost.
void report(std::string text);

/// A fault of the server's own, which has ended one client's request and must not end the
/// others'. As `report`.
inline void report_fault(const std::exception& error) {
    report(std::string("a request has failed: ") + error.what());
}

/// What has been said in the last second. One thread at a time.
class RecentLines {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;
    /// A client may have a hand in what they say, and make each of them a different one.
    static constexpr std::size_t most = 20;

    /// False: it has been said, or so many others that it must not be.
    bool add(const std::string& line, TimePoint now);

  private:
    TimePoint began_{};
    std::set<std::string> lines_;
};

}  // namespace six
