// What a round means, in one or two sentences that say only what was observed in it: on the
// wire, or by looking at the server's threads.
#pragma once

#include <string>

#include "bench/play_model.hpp"

namespace six::play {

/// The server that is played with.
struct Server {
    std::string number;  ///< "05"
    std::string name;    ///< "05_coroutines", the executable
};

/// Who waits for whom right now, and why; no times, so that it can be compared.
std::string explain(const Round& round, const Server& server);

/// "the first sends its head"
std::string tell(const Event& event);
/// "answered: second, first"
std::string tell_order(const Round& round);

/// "1 thread", "2 threads"
std::string count(std::size_t number, const std::string& thing);
/// "recv()", "epoll_wait()" …
const char* name(Call call);
/// What the client's key does next: "send head", "send body", or nothing.
const char* next_action(Stage stage);
/// The key of a client: '1' or '2'.
char key(Who who);

}  // namespace six::play
