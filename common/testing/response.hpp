// A server's answer as the test client saw it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace six::testing {

/// One answer, as it came.
struct Response {
    int status = 0;
    std::string version;                                      ///< "HTTP/1.1"
    std::vector<std::pair<std::string, std::string>> fields;  ///< in order, names as sent
    std::string body;
    std::vector<int> interim;  ///< the statuses of the interim answers (100) before it

    /// The value of the first field of that name, upper or lower case.
    std::optional<std::string> field(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    /// The server said `Connection: close`.
    bool says_close() const;
    /// The value of Content-Length; nothing if it has none. Throws WaitFailed if it is no
    /// number or there are several.
    std::optional<std::size_t> content_length() const;
};

/// Parses a status line and fields, each with its CRLF. Throws WaitFailed if it is no HTTP.
Response parse_head(std::string_view head);

/// The first bytes in quotes, for a message; or "nothing".
std::string excerpt(std::string_view bytes);

}  // namespace six::testing
