// A server under a fault: its process, its database, its healthy clients. Read first:
// lab.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/lab/lab.hpp"
#include "common/testing/client.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/temporary_directory.hpp"

namespace six::lab {

using testing::Client;
using testing::Deadline;
using Milliseconds = std::chrono::milliseconds;

// --- requests, as text ---

std::string get(std::string_view target);
/// POST /items without its body. `fields`: more lines, each with its CRLF.
std::string post_head(std::size_t body_bytes, std::string_view fields = {});
std::string post(std::string_view body);
std::string item_path(std::int64_t pk);

/// What a client got. Status 0: nothing, or no HTTP, in time.
struct Answer {
    int status = 0;
    std::string body;
    std::string date;
    bool closes = false;  ///< it says `Connection: close`
    Milliseconds took{0};
};
/// Asks on a connection that is there, or on a new one. Blocks for `time` at most; throws
/// nothing.
Answer ask(Client& client, std::string_view request, Milliseconds time = patience);
Answer ask(const testing::Address& server, std::string_view request,
           Milliseconds time = patience);
/// "503", or "none".
std::string word_of(const Answer& answer);

using Saved = std::map<std::int64_t, std::string>;  ///< what was acknowledged

/// The server of one fault, with a new database. It is killed when its owner goes. One
/// thread.
class Subject {
  public:
    explicit Subject(Server server);
    ~Subject();
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;

    /// Starts it and waits until it listens.
    void start(std::vector<std::string> options = {}, testing::Launch how = {});
    /// Short time limits for slow clients, if this server has any: so that one needs not
    /// wait for the usual ones.
    std::vector<std::string> short_deadlines();
    /// SIGKILL; then starts it again, on the same database or another.
    void kill();
    void restart();
    void restart_on(const std::string& database);
    void use_database(const std::string& file) { database_ = file; }

    const testing::Address& address() const { return process_->address(); }
    testing::ServerProcess& process() { return *process_; }
    bool running() { return process_ && process_->running(); }
    /// It has run, whether or not it still does.
    bool listened() const { return process_.has_value(); }
    const std::string& database() const { return database_; }
    std::string file(const std::string& name) const { return directory_.file(name); }

    /// A client that stays: nothing if this server closes after each answer.
    std::optional<Client> guest();
    /// Saves an item. Throws WaitFailed if it isn't acknowledged in time.
    std::int64_t save(std::string_view body);
    /// Healthy clients ask now: they save an item and read it back.
    void ask_others(Observed& seen, Milliseconds time = patience);
    /// The same, reading only: of a server that can't save.
    void others_read(std::int64_t pk, Observed& seen);
    void note(Observed& seen, const Answer& answer, bool right) const;
    /// Are all of them there, and is the file whole?
    void check_saved(const Saved& saved, Observed& seen);
    /// Waits until no client's descriptor is open, for as long as we watch: true if so, or
    /// if one can't see it here.
    bool all_have_left();
    /// Afterwards: is it alive, does it save and find, has it closed what it opened?
    void check_recovery(Observed& seen);

  private:
    bool round_trip(Observed& seen, Milliseconds time = patience);
    bool supports(const std::string& option);

    Server server_;
    testing::TemporaryDirectory directory_;
    std::string database_ = directory_.file("items.db");
    std::vector<std::string> options_;
    testing::Launch how_;
    std::optional<testing::ServerProcess> process_;
    std::optional<long> descriptors_;  // open ones before any client came
    std::optional<std::string> help_;
    int asked_ = 0;
};

/// SIGKILL to the server of the subject that there is, if there is one. Any thread.
void kill_running_server();

}  // namespace six::lab
