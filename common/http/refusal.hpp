// Why the parser's parts refuse a request, before it becomes an `Error`. Private to
// common/http: servers see `Error` (message.hpp).
#pragma once

namespace six::http {

/// An HTTP status and one sentence for the client (a literal: nothing to copy or free).
struct Refusal {
    int status;
    const char* reason;
};

}  // namespace six::http
