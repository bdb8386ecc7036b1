#include "06_full_server/phase_deadline.hpp"

namespace six::full {

// #region deadline
void PhaseDeadline::look() {
    if (loop_.now() >= due_) {
        timer_ = {};
        return scope_.cancel();  // every wait in it ends with an exception
    }
    const TimePoint next = std::min(due_, loop_.now() + shortest_);
    timer_ = loop_.call_at(next, [this] { look(); });
}
// #endregion

}  // namespace six::full
