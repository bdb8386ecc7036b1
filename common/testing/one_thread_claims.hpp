// What chapters 03 to 06 claim alike of a server whose one thread waits for everybody at
// once. Read first: slow_clients.hpp.
#pragma once

#include <cstddef>
#include <string>

#include "common/testing/server_process.hpp"
#include "common/testing/slow_clients.hpp"

namespace six::testing {

struct SlowClientsClaim {
    std::size_t clients = 0;
    long threads = 0;  ///< that the server has, all in all
};

/// Checks that this many clients that sent only a head are all served at once by so many
/// threads, that a healthy client is answered before any of them is released, and that all
/// of them are answered in the end. For a new database.
void check_slow_clients(const ServerProcess& server, const SlowClientsClaim& claim);

/// True if a client is answered while another one's save is under way. The server needs a
/// new database and a `--save-delay` that is long beside the time of one answer.
bool answered_during_save(const Address& server);

/// Checks a server whose pool has one thread and room for one more save: of three saves at
/// once one is refused with 503, and the connection lives on.
void check_full_queue(const Address& server);

/// Starts that server, and checks that items are saved although their clients go while they
/// are, one with a close and one with a reset, and that the server takes no harm.
void check_vanishing_clients(const std::string& program);

/// What a client may cost a server in resident memory, in bytes.
struct ClientMemory {
    long idle = 0;         ///< it has been answered, and keeps its connection
    long body_waited = 0;  ///< its head is there, its body isn't
};

/// Checks that each of so many clients costs the server no more, first idle, then while the
/// server waits for their bodies.
void check_client_memory(const ServerProcess& server, std::size_t clients,
                         const ClientMemory& most);

}  // namespace six::testing
