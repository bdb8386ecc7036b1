#include "06_full_server/dealer.hpp"

#include <optional>
#include <utility>

#include "01_blocking/socket.hpp"
#include "04_event_loop/nonblocking.hpp"

namespace six::full {

// #region accept
Task<void> Dealer::accept_clients() {
    while (true) {
        co_await admission_.place();  // meanwhile clients wait in the kernel's queue
        UniqueFd client = accept_client(listener_.get(), Mode::non_blocking);
        if (client) {
            deal(std::move(client));
            co_await sleep_for(loop_, Duration::zero());  // the others have a turn, too
        } else if (accept_needs_pause()) {
            // Out of descriptors, perhaps: not again at once.
            co_await sleep_for(loop_, accept_pause);
        } else {
            co_await readable(loop_, listener_.get());
        }
    }
}

void Dealer::deal(UniqueFd client) {
    std::optional<Admission::Ticket> ticket = admission_.admit(network_of(client.get()));
    if (!ticket) return workers_.front().refuse(std::move(client));
    next_->adopt(std::move(client), std::move(*ticket));
    if (++next_ == workers_.end()) next_ = workers_.begin();
}
// #endregion

}  // namespace six::full
