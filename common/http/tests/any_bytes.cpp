#include "common/http/tests/any_bytes.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/http/tests/outcome.hpp"

namespace six::http {
namespace {

using Pieces = std::vector<std::string_view>;

// A target and what follows it in its line have one budget.
constexpr std::size_t version_bytes = std::string_view(" HTTP/1.1\r\n").size();

// Limits that short inputs reach.
constexpr Limits small_limits{.target_bytes = 20,
                              .header_bytes = 90,
                              .header_fields = 5,
                              .body_bytes = 30,
                              .chunk_line_bytes = 8,
                              .chunk_extension_bytes = 12};

// Cut where the bytes themselves say, so that the fuzzer can learn to cut.
Pieces cut(std::string_view bytes) {
    Pieces pieces;
    while (!bytes.empty()) {
        const auto size = std::min<std::size_t>(
            bytes.size(), 1u + static_cast<unsigned char>(bytes.back()) % 16u);
        pieces.push_back(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return pieces;
}

void require(bool holds, const char* what) {
    if (!holds) throw std::logic_error(what);
}

std::string where(const RequestParser& parser) {
    std::string text = "state " + std::to_string(static_cast<int>(parser.state()));
    if (parser.idle()) text += " idle";
    if (parser.wants_continue()) text += " wants continue";
    return text + " leftover " + std::to_string(parser.leftover_bytes());
}

// Of a head that is refused, the answer needs the method (HEAD's has no body); of the
// target it is told as much as is known, which may be less.
std::string described(const RequestParser& parser) {
    std::string text = where(parser) + " method " +
                       std::to_string(static_cast<int>(parser.head().method)) + ' ';
    if (parser.state() != State::refused) return text + parser.head().path;
    return text + std::to_string(parser.error().status()) + ' ' + parser.error().what();
}

// A server that wants every body. What the parser keeps stays below the limits.
Outcome taken(const Pieces& pieces, const Limits& limits) {
    RequestParser parser(limits);
    std::string body;
    Outcome outcome;
    for (const auto piece : pieces) {
        parser.receive(piece);
        go_on(parser, body, outcome);
        require(parser.leftover_bytes() == 0, "the parser keeps what it could use");
        require(body.size() <= limits.body_bytes, "a body grows beyond its limit");
        require(parser.head().path.size() <= limits.target_bytes + version_bytes,
                "a target is too long");
    }
    if (parser.state() == State::refused) body.clear();  // some was taken before, or not
    outcome.push_back(described(parser) + ' ' + body);
    parser.end_of_input();
    outcome.push_back(described(parser));
    return outcome;
}

// A server that asks for no body: what comes behind the head is left over.
Outcome left(const Pieces& pieces, const Limits& limits) {
    RequestParser parser(limits);
    for (const auto piece : pieces) parser.receive(piece);
    Outcome outcome{described(parser)};
    parser.end_of_input();
    outcome.push_back(described(parser));
    return outcome;
}

void check(std::string_view bytes, const Limits& limits) {
    const auto whole = taken({bytes}, limits);
    const auto unasked = left({bytes}, limits);
    for (const Pieces& pieces : {single_bytes(bytes), cut(bytes)}) {
        require(taken(pieces, limits) == whole, "the cuts change the requests");
        require(left(pieces, limits) == unasked, "the cuts change what is left over");
    }
}

}  // namespace

void check_any_bytes(std::string_view bytes) {
    check(bytes, {});
    check(bytes, small_limits);
}

}  // namespace six::http
