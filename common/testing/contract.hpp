// The HTTP contract that all six servers keep, as tests from outside: real sockets, and
// nothing known of the server but its command line. The tests are in contract_*.cpp, one
// file a theme; contract_subject.cpp says how to run them, against your own server too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/client.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/skip.hpp"

namespace six::testing {

/// What the suite was told to test (contract_subject.cpp).
struct Subject {
    std::string program;               ///< the server to start for each test; or else …
    std::vector<std::string> options;  ///< its further options
    std::optional<Address> running;    ///< … the server that runs already
    /// Whether a connection serves more than one request. Not said: the suite looks.
    std::optional<bool> keeps_alive;
    /// It keeps its items in a PostgreSQL, and not in the file that it is told. Tests that
    /// look into the file have the tag [sqlite].
    bool postgres = false;
};
/// Throws std::invalid_argument if the environment doesn't say which server.
Subject& subject();

/// For tests that start, stop or look into the server's process.
#define SIX_NEEDS_OWN_SERVER()             \
    if (::six::testing::subject().running) \
    SIX_SKIP_ALWAYS("needs to start the server itself")

/// For tests of connections that serve several requests. They have the tag [keep-alive],
/// and are not run against chapter 01 at all; those with [one-request] against it alone.
#define SIX_NEEDS_KEEP_ALIVE()                 \
    if (!::six::testing::server_keeps_alive()) \
    SIX_SKIP_ALWAYS("this server answers one request per connection")
bool server_keeps_alive();

/// The server under test: started with a new database for this test case, or the running
/// one. When it goes, it asks the server to end (SIGTERM) and checks that it does so with
/// status 0, so that a leak or a race that a sanitizer found fails the test.
class Server {
  public:
    explicit Server(std::vector<std::string> more_options = {});
    /// With limits or variables of its own.
    Server(std::vector<std::string> more_options, Launch how);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    const Address& address() const;
    Client connect() const { return Client(address()); }
    /// The process; not for a server that runs already.
    ServerProcess& process() { return *process_; }
    /// The database's file, in a directory of this test's own unless an option says
    /// otherwise.
    const std::string& database() const { return database_; }
    /// A path beside the database, for a file of the test's.
    std::string file(const std::string& name) const { return directory_.file(name); }

    /// Sends it a signal that ends it, sooner or later.
    void signal(int number);
    /// Sends SIGKILL and waits.
    void kill();
    /// Starts it again with the same database.
    void restart();

  private:
    void start();

    TemporaryDirectory directory_;
    std::string database_ = directory_.file("items.db");
    std::vector<std::string> options_;
    Launch how_;
    std::optional<ServerProcess> process_;
    bool asked_to_end_ = false;
};

// --- requests, as text ---

/// `METHOD target HTTP/1.1`, Host, and `fields` (each line with its CRLF).
std::string request(std::string_view method, std::string_view target,
                    std::string_view fields = {});
std::string get(std::string_view target);
/// POST /items with Content-Length; `fields` as above.
std::string post(std::string_view body, std::string_view fields = {});
/// Only the head of it.
std::string post_head(std::size_t content_length, std::string_view fields = {});
/// POST /items in chunks of these sizes, the last one repeated.
std::string post_chunked(std::string_view body, const std::vector<std::size_t>& sizes);
inline constexpr std::string_view expect_continue = "Expect: 100-continue\r\n";
inline constexpr std::string_view connection_close = "Connection: close\r\n";
/// `size` bytes of all values, NUL among them, different for each seed.
std::string bytes_of_all_values(std::size_t size, unsigned seed = 1);

// --- exchanges ---

/// Sends a whole request on a connection of its own and reads the answer.
Response ask(const Server& server, std::string_view whole_request);
/// Saves an item on a connection of its own; checks the answer; returns its id.
std::int64_t save(const Server& server, std::string_view body);
/// The bytes of an item; nothing if there is no such one. Checks the answer.
std::optional<std::string> find(const Server& server, std::int64_t pk);
/// Checks that the server still answers a healthy client.
void check_alive(const Server& server);
/// Checks that the answer is an error as the contract has it: status, type, body.
void check_error(const Response& response, int status);
std::string item_path(std::int64_t pk);

}  // namespace six::testing
