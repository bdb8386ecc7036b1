// The clients' side of a connection, in the few calls that the load needs. Read next:
// generator.hpp.
#pragma once

#include <string_view>

#include "common/testing/client.hpp"
#include "common/testing/descriptor.hpp"

namespace six::speed {

/// Connects; blocks until then. The socket may block: a request goes into an empty buffer,
/// and who receives asks not to wait. Throws std::system_error.
testing::Descriptor connect_to(const testing::Address& server);

/// True if the server has closed it (or has said something unasked). Doesn't block.
bool is_closed(int socket);

/// Blocks until the kernel has taken all bytes, for five seconds at most. False: the server
/// is gone, or takes none.
bool send_all(int socket, std::string_view bytes);

}  // namespace six::speed
