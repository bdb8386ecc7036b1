// One slow client, as a task: it reads like a client that blocks, and thousands of them run
// on one thread. Read before: load.hpp, connect.hpp, answer.hpp. Read next: run.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "05_coroutines/task.hpp"
#include "bench/connect.hpp"

namespace six::bench {

/// Where the clients of a run are at this moment.
struct Crowd {
    int present = 0;  ///< have come and not gone
    int in_service =
        0;  ///< of them: the server has asked for the body and not answered yet
    int most_in_service = 0;
};

/// What all clients of a run have in common. Outlives them. Loop's thread only.
struct Errand {
    Errand(EventLoop& on_loop, ServerAddress at, Duration client_pause,
           std::size_t body_bytes);

    EventLoop& loop;
    ServerAddress server;
    Duration pause;
    std::string head;
    std::string body;
    Crowd crowd{};
    std::array<char, 4096> buffer{};  // shared: what is read is used before the next wait
};

/// What came of a client's visit.
enum class Outcome {
    saved,         ///< 200 and `{"pk": N}`
    refused,       ///< another answer, such as 503; or nobody listens
    broken,        ///< the connection ended without an answer
    out_of_reach,  ///< this machine had no socket or port left: not the server's fault
};

/// Connects, sends the head of `POST /items`, waits until the server asks for the body,
/// pauses, sends the body, and waits for the answer. One request per connection.
///
/// The head says `Expect: 100-continue` (RFC 9110, section 10.1.1), as clients do that
/// don't want to send a large body in vain. A server of the course says `100 Continue` when
/// its handler waits for the body. So the client knows that it is being served, and its
/// pause begins only then. Without that the kernel would take small bodies in while their
/// clients still stand in line, all pauses would pass at once outside the server, and a
/// server that serves one at a time would look as good as any.
///
/// Throws Cancelled; the connection is then closed.
Task<Outcome> visit(Errand& errand);

}  // namespace six::bench
