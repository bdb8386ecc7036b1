// What the chapters claim about waiting, as order and not as time: many slow clients, each
// of which has sent the head of a POST and keeps its body back, and a healthy client beside
// them. Read first: client.hpp, server_process.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/testing/client.hpp"

namespace six::testing {

/// N clients whose requests wait for their bodies, until they are released. One thread.
///
/// Their heads say `Expect: 100-continue`, and a server answers that only when a handler
/// asks for the body: so each `100 Continue` proves that the server is in the middle of
/// that request.
class SlowClients {
  public:
    /// Connects them and sends their heads. Raises the limit of descriptors as far as
    /// needed.
    SlowClients(const Address& server, std::size_t count);
    /// The same, and waits until all are in service: so many as fit in line at a time.
    static SlowClients in_service(const Address& server, std::size_t count);

    std::size_t size() const { return clients_.size(); }
    /// Waits until the first `count` of them (all) have their `100 Continue`: so many
    /// requests are under way at once.
    void wait_until_in_service(std::size_t count);
    void wait_until_in_service() { wait_until_in_service(size()); }
    /// True if an answer, or the end, has come to one of those in service before its
    /// release.
    bool any_answered();

    /// Sends the body of one of them and waits for its answer. Returns the id of its item;
    /// throws WaitFailed if the answer isn't 200.
    std::int64_t release(std::size_t index);
    /// Sends all bodies that were kept back, then waits for all answers. Returns how many
    /// of all clients got 200 in the end.
    std::size_t release_all();

    /// The body that the client with this index sends.
    static std::string body(std::size_t index);
    Client& client(std::size_t index) { return clients_.at(index).connection; }

  private:
    struct SlowClient {
        Client connection;
        bool in_service = false;
        bool released = false;
        int status = 0;
    };

    SlowClients() = default;
    void connect(const Address& server);
    void send_body(std::size_t index);
    std::string read_answer(std::size_t index);

    std::vector<SlowClient> clients_;
};

/// True if a healthy client, who comes after all others, gets an answer now: it asks for
/// the item that the next release will save, and is told that there is none. Throws
/// WaitFailed if it gets no answer. `next_pk`: 1 for a new database.
bool answered_before_release(const Address& server, std::int64_t next_pk = 1);

/// A healthy client that must wait for a slow one. It asks for an item that the slow client
/// is yet to save: the answer tells who came first.
class WaitingClient {
  public:
    /// Connects and asks; doesn't wait.
    explicit WaitingClient(const Address& server, std::int64_t next_pk = 1);
    /// Waits for its answer. True: the item was there, so the slow client had been served
    /// before. False: there was none, so this client was answered first.
    bool answered_after_release();

  private:
    Client connection_;
};

/// The N in `{"pk": N}`. Throws WaitFailed if the text is something else.
std::int64_t pk_in(const std::string& json);

}  // namespace six::testing
