#include "06_full_server/admission.hpp"

namespace six::full {

// #region admission
void Admission::PlaceWait::arm() {
    all_.waiting_ = this;
    // A place may have come free since `await_ready`, and nobody waited for it then.
    if (all_.has_place()) loop_.post([&all = all_] { all.wake(); });
}

void Admission::give_back() {
    // Only the one that makes room where there was none has somebody to wake.
    if (taken_.fetch_sub(1) == most_) loop_.post([this] { wake(); });
}

void Admission::wake() {
    if (!waiting_ || !has_place()) return;
    PlaceWait& wait = *std::exchange(waiting_, nullptr);
    wait.resume();
}
// #endregion

}  // namespace six::full
