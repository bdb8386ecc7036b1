#include "bench/play_sockets.hpp"

#if defined(__linux__) && !defined(SIX_PORTABLE)

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "common/testing/descriptor.hpp"

namespace six::play {

namespace {

struct Question {
    nlmsghdr header;
    inet_diag_req_v2 about;
};

/// Puts one end of a connection into the question.
void fill_in(const sockaddr_storage& end, __be16& port, __be32* address) {
    // The port stands at the same place in the addresses of both families.
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(end);
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(end);
    port = v4.sin_port;
    if (end.ss_family == AF_INET)
        std::memcpy(address, &v4.sin_addr, sizeof v4.sin_addr);
    else
        std::memcpy(address, &v6.sin6_addr, sizeof v6.sin6_addr);
}

enum class End { ours, theirs };

/// The question for one end of our socket's connection; nothing if there is no connection.
std::optional<Question> ask_for(int socket, End end) {
    sockaddr_storage here{};
    sockaddr_storage there{};
    socklen_t size = sizeof here;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&here), &size) != 0)
        return std::nullopt;
    size = sizeof there;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&there), &size) != 0)
        return std::nullopt;
    if (end == End::theirs) std::swap(here, there);
    Question question{};
    question.header.nlmsg_len = sizeof question;
    question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    question.header.nlmsg_flags = NLM_F_REQUEST;
    question.about.sdiag_family = static_cast<std::uint8_t>(here.ss_family);
    question.about.sdiag_protocol = IPPROTO_TCP;
    fill_in(here, question.about.id.idiag_sport, question.about.id.idiag_src);
    fill_in(there, question.about.id.idiag_dport, question.about.id.idiag_dst);
    question.about.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
    question.about.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    return question;
}

/// Puts the question to the kernel, which answers at once.
std::optional<inet_diag_msg> ask_kernel(const Question& question) {
    const testing::Descriptor kernel{
        ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)};
    if (!kernel || ::send(kernel.get(), &question, sizeof question, 0) < 0)
        return std::nullopt;
    struct {
        nlmsghdr header;
        inet_diag_msg message;
        std::array<char, 1024> more;
    } answer{};
    const ssize_t received = ::recv(kernel.get(), &answer, sizeof answer, 0);
    const bool whole =
        received >= static_cast<ssize_t>(NLMSG_LENGTH(sizeof answer.message));
    if (!whole || answer.header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return std::nullopt;
    return answer.message;
}

}  // namespace

std::optional<OtherEnd> find_other_end(int socket) {
    const auto question = ask_for(socket, End::theirs);
    const auto answer = question ? ask_kernel(*question) : std::nullopt;
    if (!answer || answer->idiag_state != TCP_ESTABLISHED) return std::nullopt;
    return OtherEnd{answer->idiag_rqueue, answer->idiag_wqueue, answer->idiag_inode};
}

bool hides_sockets(int socket) {
    const auto question = ask_for(socket, End::ours);
    return question && !ask_kernel(*question);  // a broken connection is not hidden
}

}  // namespace six::play

#else

namespace six::play {

std::optional<OtherEnd> find_other_end(int) {
    return std::nullopt;
}

bool hides_sockets(int) {
    return true;
}

}  // namespace six::play

#endif
