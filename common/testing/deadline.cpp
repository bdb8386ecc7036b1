#include "common/testing/deadline.hpp"

#include <poll.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace six::testing {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds scaled(milliseconds time) {
    static const double scale = [] {
        const char* text = std::getenv("SIX_TEST_TIME_SCALE");
        return text == nullptr ? 1.0 : std::max(1.0, std::strtod(text, nullptr));
    }();
    return milliseconds(
        static_cast<milliseconds::rep>(static_cast<double>(time.count()) * scale));
}

}  // namespace

Deadline::Deadline(milliseconds time)
    : time_(scaled(time)), end_(steady_clock::now() + time_) {}

int Deadline::left_ms() const {
    const auto left = std::chrono::ceil<milliseconds>(end_ - steady_clock::now());
    return static_cast<int>(std::max<milliseconds::rep>(0, left.count()));
}

void Deadline::fail(const std::string& what) const {
    std::ostringstream message;
    message << "waited " << static_cast<double>(time_.count()) / 1000 << " s for " << what;
    throw WaitFailed(message.str());
}

void pause_between_looks() {
    ::poll(nullptr, 0, 1);
}

}  // namespace six::testing
