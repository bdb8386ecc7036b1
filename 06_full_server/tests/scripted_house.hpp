// A worker with a few clients and a database, all of which do as they are told, and what
// must hold in the end, whatever they were told. No thread, no real time: the same orders
// always have the same outcome. Read first: scripted_client.hpp, scripted_database.hpp,
// conversation.hpp. Read next: connection_script.hpp, which gives the orders.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "06_full_server/tests/conversation.hpp"
#include "06_full_server/tests/scripted_client.hpp"
#include "06_full_server/tests/scripted_database.hpp"
#include "06_full_server/worker.hpp"

namespace six::full::test {

class House {
  public:
    struct Setup {
        bool poll = false;           ///< poll(2), not the best poller
        bool little_memory = false;  ///< for all requests together
        bool patient = false;        ///< in the end the clients read all; or they just go
        bool answers = false;        ///< in the end the database answers; or it never does
        bool read_before_drain = false;
    };
    explicit House(const Setup& setup);

    /// What is told of the clients is told of the one that came last, or was turned to.
    ScriptedClient& client() { return now_->client; }
    void turn_to(std::size_t guest);
    /// A new client, if there is a place.
    void connect();
    ScriptedDatabase& database() { return database_; }
    /// The server does what it can without time.
    void settle();
    void let_pass(Duration time);
    /// Nobody is let in any more; the worker doesn't know that it will have to drain.
    void close() { admission_.close(); }
    void drain();
    /// Lets everybody go. Throws std::logic_error if
    /// - what a client got is not one right answer for each of its requests, in order;
    /// - an item was acknowledged that is not there, or one is there twice;
    /// - anything is left: a connection, its place, its memory, its timers.
    void end();

  private:
    void end_of_clients();
    void read_all(ScriptedClient& client);
    void note_slow_ones(Duration time);
    Answered answers_of(const ScriptedClient& client, const std::vector<Asked>& asked,
                        bool slow) const;
    void check_idle();
    void check_clients();
    void check_saved(const std::map<std::string, int>& asked) const;
    void check_nothing_left();
    std::uint64_t connections();

    struct Guest {
        ScriptedClient client;
        bool slow = false;             // let time pass in the middle of a request
        std::size_t due_at_drain = 0;  // so many answers it gets at least
        bool told_to_go = false;       // by the last of them
    };

    const Setup setup_;
    VirtualClock clock_;
    EventLoop loop_;
    ScriptedDatabase database_;
    Metrics metrics_;
    const std::size_t memory_bytes_;
    MemoryBudget memory_;
    Admission admission_;
    const Shared shared_;
    std::optional<Worker> worker_;
    TaskGroup draining_;
    bool drained_ = false;
    std::list<Guest> guests_;
    Guest* now_ = nullptr;
};

}  // namespace six::full::test
