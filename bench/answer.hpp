// What a server answers, as far as a load generator looks at it. Pure: bytes in, answer
// out.
#pragma once

#include <optional>
#include <string>

namespace six::bench {

/// One answer. Interim ones (100) are answers too, without a body.
struct Answer {
    int status = 0;  ///< 0: what came is no HTTP
    std::string body;
};

/// Takes the first answer off `received` if the whole of it is there. A body without
/// Content-Length counts as no HTTP: the course's servers never send one.
std::optional<Answer> take_answer(std::string& received);

/// True for `200` and `{"pk": N}` with a positive N: the item was saved.
bool says_saved(const Answer& answer);

}  // namespace six::bench
