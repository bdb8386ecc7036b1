// The contract: an answered item is there for good. The server is killed under load, the
// disk is full, the descriptors run out. (That the answer waits for the disk:
// contract_durability.cpp.)
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <mutex>

#include "common/testing/contract.hpp"
#include "common/testing/full_pipe.hpp"
#include "common/testing/slow_clients.hpp"
#include "common/testing/small_disk.hpp"

using namespace six::testing;

namespace {

/// No file may grow beyond 1 MiB: writes fail then, as on a full disk.
void limit_files() {
    const rlimit limit{1024 * 1024, 1024 * 1024};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);
}

/// What SQLite itself says of a database file: "ok" if it is whole. (PostgreSQL says so by
/// starting again.)
std::string integrity_check(const std::string& file) {
    if (subject().postgres) return "ok";
    std::string verdict = "no answer";
    sqlite3* connection = nullptr;
    if (sqlite3_open(file.c_str(), &connection) == SQLITE_OK)
        sqlite3_exec(
            connection, "PRAGMA integrity_check",
            [](void* result, int, char** columns, char**) {
                *static_cast<std::string*>(result) = columns[0];
                return 0;
            },
            &verdict, nullptr);
    sqlite3_close(connection);
    return verdict;
}

/// Clients that save one item after another until they are stopped or the server is gone,
/// each on its own thread, and what was acknowledged to them.
class Load {
  public:
    explicit Load(const Address& server, unsigned clients = 4) {
        for (unsigned i = 0; i < clients; ++i)
            threads_.push_back(
                std::async(std::launch::async, [this, server, i] { run(server, i); }));
    }
    ~Load() { stopping_ = true; }

    void wait_for_saved(std::size_t count) {
        wait_until("the clients to have saved " + std::to_string(count) + " items",
                   [&] { return saved_count_ >= count; });
    }
    std::map<std::int64_t, std::string> finish() {
        stopping_ = true;
        threads_.clear();
        return std::move(saved_);
    }

  private:
    void run(const Address& server, unsigned client_number) try {
        for (unsigned i = 0; !stopping_; ++i) {
            const std::string body =
                bytes_of_all_values(300 + i, client_number * 100'000 + i);
            Client client{server};
            client.send(post(body, connection_close));
            const Response response = client.read_response();
            if (response.status != 200) continue;  // not acknowledged
            const std::scoped_lock lock(mutex_);
            saved_.emplace(pk_in(response.body), body);
            ++saved_count_;
        }
    } catch (const std::exception&) {
        // The server was killed: what is not acknowledged does not count.
    }

    std::mutex mutex_;
    std::map<std::int64_t, std::string> saved_;  // guarded by mutex_
    std::atomic<std::size_t> saved_count_ = 0;
    std::atomic<bool> stopping_ = false;
    std::vector<std::future<void>> threads_;  // last: each waits for its thread's end
};

void check_all_there(const Server& server,
                     const std::map<std::int64_t, std::string>& saved) {
    std::size_t missing = 0;
    for (const auto& [pk, body] : saved)
        if (find(server, pk) != body) ++missing;
    CHECK(missing == 0);
}

/// Saves items until one is refused, which must be with 503. Returns those that were saved.
std::map<std::int64_t, std::string> fill(const Server& server) {
    constexpr unsigned more_than_fit = 200;
    std::map<std::int64_t, std::string> saved;
    for (unsigned i = 0; i < more_than_fit; ++i) {
        const std::string body = bytes_of_all_values(i == 0 ? 400'000 : 50'000, i);
        const Response response = ask(server, post(body));
        if (response.status != 200) {
            check_error(response, 503);
            return saved;
        }
        saved.emplace(pk_in(response.body), body);
    }
    FAIL("the disk was never full");
    return saved;
}

}  // namespace

TEST_CASE("a killed server has kept every acknowledged item", "[contract][storage]") {
    SIX_NEEDS_OWN_SERVER();
    Server server;
    Load load{server.address()};
    load.wait_for_saved(100);
    server.kill();
    const auto saved = load.finish();
    REQUIRE(saved.size() >= 100);
    CHECK(integrity_check(server.database()) == "ok");
    server.restart();
    check_all_there(server, saved);
    CHECK(save(server, "life goes on") > saved.rbegin()->first);
}

TEST_CASE("a server that is asked to end under load has kept every acknowledged item",
          "[contract][storage][shutdown]") {
    SIX_NEEDS_OWN_SERVER();
    Server server;
    Load load{server.address()};
    load.wait_for_saved(100);
    server.signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == Exit{0});
    const auto saved = load.finish();
    CHECK(integrity_check(server.database()) == "ok");
    server.restart();
    check_all_there(server, saved);
}

TEST_CASE("a full disk refuses items and keeps those that are there",
          "[contract][storage][sqlite]") {
    SIX_NEEDS_OWN_SERVER();
    const SmallDisk disk("3m");
    if (!disk.mounted()) SIX_SKIP("only root may make a small disk");
    const std::string ballast = disk.file("ballast");
    std::ofstream(ballast) << std::string(1024 * 1024, 'b');
    const Server server({"--database", disk.file("items.db")});

    const auto saved = fill(server);
    REQUIRE(saved.size() > 5);
    check_error(ask(server, post(std::string(50'000, 'x'))), 503);  // and again
    check_alive(server);
    check_all_there(server, saved);

    std::filesystem::remove(ballast);  // somebody tidies up
    CHECK(find(server, save(server, "there is room again")) == "there is room again");
    check_all_there(server, saved);
    CHECK(integrity_check(disk.file("items.db")) == "ok");
}

TEST_CASE("a file that may not grow refuses items and keeps those that are there",
          "[contract][storage][sqlite]") {
    SIX_NEEDS_OWN_SERVER();
    const Server server({}, {.in_child = limit_files});
    const auto saved = fill(server);
    REQUIRE(saved.size() > 5);
    check_alive(server);
    check_all_there(server, saved);
}

TEST_CASE("a server that can't save goes on, though nobody reads what it says of that",
          "[contract][storage][sqlite]") {
    SIX_NEEDS_OWN_SERVER();
    const FullPipe unread;
    const Server server({}, {.in_child = [&unread] {
                            limit_files();
                            ::dup2(unread.writer(), STDERR_FILENO);
                        }});
    const auto saved = fill(server);
    check_error(ask(server, post(std::string(50'000, 'x'))), 503);  // and again
    check_alive(server);
    check_all_there(server, saved);
}

TEST_CASE("a server without descriptors serves those it has and recovers",
          "[contract][storage]") {
    SIX_NEEDS_OWN_SERVER();
    constexpr std::size_t limit = 64;
    Server server({}, {.in_child = [] { limit_descriptors(limit); }});
    const std::int64_t pk = save(server, "from better days");
    const bool keeps_alive = server_keeps_alive();
    std::optional<Client> guest;
    if (keeps_alive) {
        guest.emplace(server.address());
        guest->send(get("/health"));
        CHECK(guest->read_response().status == 200);
    }

    std::vector<Client> crowd;
    // So many that the rest waits in the kernel's queue, which holds 128 on some systems.
    while (crowd.size() < 2 * limit) crowd.push_back(server.connect());
    if (keeps_alive && server.process().open_descriptors())
        wait_until("the server to have run out of descriptors", [&] {
            return *server.process().open_descriptors() >= static_cast<long>(limit) - 1;
        });
    if (guest) {
        guest->send(get(item_path(pk)));
        CHECK(guest->read_response().body == "from better days");
        guest->send(post("still here"));
        CHECK(guest->read_response().status == 200);
    }

    crowd.clear();
    check_alive(server);
    CHECK(find(server, save(server, "all well again")) == "all well again");
}

TEST_CASE("a database in memory holds items too", "[contract][storage][sqlite]") {
    SIX_NEEDS_OWN_SERVER();
    const Server server({"--database", ":memory:"});
    CHECK(find(server, save(server, "until the end of the process")) ==
          "until the end of the process");
}

TEST_CASE("a slow database delays a save and spoils nothing", "[contract][storage]") {
    SIX_NEEDS_OWN_SERVER();
    const Server server({"--save-delay", "200"});
    const auto begin = std::chrono::steady_clock::now();
    const std::int64_t first = save(server, "one");
    // The machine may take longer than the delay, but never less.
    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(200));
    CHECK(save(server, "two") > first);
    CHECK(find(server, first) == "one");
}
