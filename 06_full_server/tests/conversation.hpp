// What was said on a connection, both ways, and whether it is HTTP: an answer for each
// request, in order, and the right one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/message.hpp"

namespace six::full::test {

/// A request as the client sent it, or as much as it did.
struct Asked {
    enum class Extent { begun, head, whole, refused };
    Extent extent = Extent::begun;
    bool has_head = false;
    http::RequestHead head;
    std::string body;        ///< of a whole one
    int refused_status = 0;  ///< of one that the parser refuses
};

/// Reads what a client sent.
std::vector<Asked> requests_in(std::string_view sent, bool ended,
                               const http::Limits& limits);

struct Answered {
    std::size_t count = 0;      ///< whole answers
    bool closes = false;        ///< the last of them says `Connection: close`
    bool cut = false;           ///< there is a piece of another one behind them
    std::set<std::int64_t> pk;  ///< of items that were said to be saved
};

/// Why a client may have got another answer than it asked for.
struct Excuses {
    bool slow = false;           ///< it let time pass in the middle of a request (408)
    bool little_memory = false;  ///< there may be none for its request (503)
};

/// Reads what the server answered. Throws std::logic_error when that is no HTTP, or no
/// answer to what was asked. `items`: by id.
Answered answers_in(std::string_view received, const std::vector<Asked>& asked,
                    const std::vector<std::string>& items, const http::Limits& limits,
                    Excuses excuses);

[[noreturn]] void defect(const std::string& what);
inline void require(bool holds, const std::string& what) {
    if (!holds) defect(what);
}

}  // namespace six::full::test
