#include "05_coroutines/cancellation.hpp"

namespace six {

void Cancellable::enter(CancellationScope& scope) noexcept {
    link(scope.first_);
}

void CancellationScope::cancel() noexcept {
    cancelled_ = true;
    while (first_ != nullptr) {
        Cancellable& wait = *first_;
        wait.unlink();
        wait.on_cancel();
    }
}

ScopeLink::ScopeLink(CancellationScope& outer, CancellationScope& inner) noexcept
    : inner_(inner) {
    if (outer.cancelled())
        inner.cancel();
    else
        enter(outer);
}

}  // namespace six
