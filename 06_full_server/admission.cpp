#include "06_full_server/admission.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

namespace six::full {

std::optional<Admission::Ticket> Admission::admit(std::string network) {
    const std::scoped_lock lock(mutex_);
    const auto taken = taken_by_.try_emplace(std::move(network), 0).first;
    if (taken->second == limits_.one_network) return std::nullopt;
    ++taken->second;
    ++taken_;
    return Ticket(*this, taken);
}

// #region admission
void Admission::PlaceWait::arm() {
    all_.waiting_ = this;
    // A place may have come free since `await_ready`, and nobody waited for it then.
    if (all_.has_place()) loop_.post([&all = all_] { all.wake(); });
}

void Admission::give_back(Networks::iterator network) {
    {
        const std::scoped_lock lock(mutex_);
        if (--network->second == 0) taken_by_.erase(network);
    }
    // Only the one that makes room where there was none has somebody to wake.
    if (taken_.fetch_sub(1) == limits_.all) loop_.post([this] { wake(); });
}

void Admission::wake() {
    if (!waiting_ || !has_place()) return;
    PlaceWait& wait = *std::exchange(waiting_, nullptr);
    wait.resume();
}
// #endregion

std::string network_of(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
    const auto bytes = [](const void* first, std::size_t number) {
        return std::string(static_cast<const char*>(first), number);
    };
    if (address.ss_family == AF_INET)
        return bytes(&reinterpret_cast<const sockaddr_in&>(address).sin_addr, 4);
    if (address.ss_family != AF_INET6) return {};
    const in6_addr& six = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&six)) return bytes(&six.s6_addr[12], 4);
    return bytes(&six, 8);
}

}  // namespace six::full
