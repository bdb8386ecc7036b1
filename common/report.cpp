#include "common/report.hpp"

#include <cstdio>
#include <mutex>

namespace six {

void report(std::string line) {
    static std::mutex mutex;
    static RecentLines recent;  // guarded by mutex
    for (char& character : line)
        if (static_cast<unsigned char>(character) < ' ') character = ' ';
    line += '\n';
    {
        const std::scoped_lock lock(mutex);
        if (!recent.add(line, std::chrono::steady_clock::now())) return;
    }
    std::fputs(line.c_str(), stderr);
}

bool RecentLines::add(const std::string& line, TimePoint now) {
    if (now - began_ >= std::chrono::seconds(1)) {
        lines_.clear();
        began_ = now;
    }
    return lines_.size() < most && lines_.insert(line).second;
}

}  // namespace six
