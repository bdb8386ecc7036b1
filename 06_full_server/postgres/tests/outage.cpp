// PostgreSQL is not there, goes away, comes back.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <map>
#include <mutex>
#include <sstream>
#include <string>

#include "06_full_server/postgres/tests/setup.hpp"

using namespace six::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Clients that save one item after another, each on its own thread, and what they are
/// told.
class Load {
  public:
    explicit Load(const Address& server) {
        for (int i = 0; i < 4; ++i)
            threads_.push_back(std::async(
                std::launch::async, [this, server, i] { run(server, std::to_string(i)); }));
    }
    ~Load() { stopping_ = true; }

    void wait_for_more(const std::atomic<int>& answers, int count) {
        const int enough = answers + count;
        const std::string kind = &answers == &accepted ? "200" : "503";
        wait_until(
            std::to_string(count) + " more answers " + kind,
            [&] { return answers >= enough; },
            Deadline(std::chrono::seconds(30)));  // its recovery waits for the disk
    }
    std::map<std::int64_t, std::string> finish() {
        stopping_ = true;
        threads_.clear();
        return std::move(saved_);
    }
    std::atomic<int> accepted = 0;
    std::atomic<int> refused = 0;
    std::atomic<int> broken = 0;  ///< neither 200 nor 503

  private:
    void run(const Address& server, const std::string& name) try {
        Client client{server};
        for (int i = 0; !stopping_; ++i) {
            const std::string body = name + " " + std::to_string(i);
            client.send(post(body));
            const Response answer = client.read_response();
            if (answer.status == 200) {
                const std::scoped_lock lock(mutex_);
                saved_.emplace(pk_in(answer.body), body);
                ++accepted;
            } else {
                ++(answer.status == 503 && answer.field("Retry-After") ? refused : broken);
                pause_between_looks();  // leaves PostgreSQL the processor to come back
            }
        }
    } catch (const std::exception&) {
        ++broken;
    }

    std::mutex mutex_;
    std::map<std::int64_t, std::string> saved_;  // guarded by mutex_
    std::atomic<bool> stopping_ = false;
    std::vector<std::future<void>> threads_;  // last: each waits for its thread's end
};

/// Starts the server, which must give up with one line. Gives that.
std::string gives_up(const std::string& address, int status,
                     const std::vector<std::string>& options = {}) {
    std::vector<std::string> arguments{"--port", "0", "--store", address};
    arguments.insert(arguments.end(), options.begin(), options.end());
    ServerProcess server{{SIX_SERVER_PATH, arguments}};
    CHECK(server.wait_for_exit() == Exit{status});
    CHECK(server.stdout_text() == "");
    const std::string line = server.stderr_text();
    CHECK(std::ranges::count(line, '\n') == 1);
    return line;
}

}  // namespace

TEST_CASE(
    "PostgreSQL is killed and comes back: clients get 503 meanwhile, and every "
    "acknowledged item is there",
    "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    PostgresCluster cluster;
    const ServerProcess server = start_with(cluster, {"--loops", "2"}, 4);
    Load load{server.address()};
    load.wait_for_more(load.accepted, 100);
    for (int round = 0; round < 2; ++round) {
        cluster.kill();
        load.wait_for_more(load.refused, 20);
        CHECK(ask(server, get("/health")).status == 200);
        cluster.start();
        load.wait_for_more(load.accepted, 100);
    }
    wait_until_connected(server, 4);
    const auto saved = load.finish();
    CHECK(load.broken == 0);
    REQUIRE(saved.size() >= 300);
    std::size_t missing = 0;
    for (const auto& [pk, body] : saved) missing += find(server, pk) != body;
    CHECK(missing == 0);
    const std::string log = server.stderr_text();
    CHECK_THAT(log, ContainsSubstring("out of reach"));
    CHECK_THAT(log, ContainsSubstring("is back"));
}

TEST_CASE("connections that PostgreSQL has closed are noticed before they are used",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    const ServerProcess server = start_with(cluster);
    OtherProgram other(cluster);
    const std::int64_t pk = save(server, "item");
    CHECK(find(server, pk) == "item");
    const std::string others =
        " FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
        "backend_type = 'client backend'";
    const std::string before = other.run("SELECT string_agg(pid::text, ',')" + others);
    other.run("SELECT count(pg_terminate_backend(pid))" + others);
    // They leave PostgreSQL's list before they close their sockets.
    std::istringstream pids(before);
    for (std::string pid; std::getline(pids, pid, ',');)
        wait_until("they have gone", [&] { return ::kill(std::stoi(pid), 0) != 0; });
    CHECK(find(server, pk) == "item");
    CHECK(find(server, save(server, "another")) == "another");
}

TEST_CASE("where PostgreSQL lets only one connection in, that is for all",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    OtherProgram other(cluster);
    other.run("CREATE ROLE guest LOGIN");
    other.run("GRANT CREATE ON SCHEMA public TO guest");
    std::string address = cluster.address();
    address.replace(address.find("six@"), 3, "guest");
    const ServerProcess server = start_server(SIX_SERVER_PATH, {"--store", address});

    const std::string guests = " FROM pg_stat_activity WHERE usename = 'guest'";
    for (int round = 0; round < 2; ++round) {  // one is for finds: each remains once
        wait_until_connected(server, 2);
        wait_until("the one with which it looked at the start to have gone",
                   [&] { return other.run("SELECT count(*)" + guests) == "2"; });
        other.run("ALTER ROLE guest CONNECTION LIMIT 1");
        other.run("SELECT pg_terminate_backend(min(pid))" + guests);  // the older one
        wait_until_connected(server, 1);
        CHECK(find(server, save(server, "item")) == "item");
        other.run("ALTER ROLE guest CONNECTION LIMIT -1");
    }
}

TEST_CASE("two servers share one PostgreSQL", "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    ServerProcess one{{SIX_SERVER_PATH, {"--port", "0", "--store", cluster.address()}}};
    const ServerProcess two = start_with(cluster);  // both create the table, if they can
    one.wait_until_listening();
    CHECK(find(two, save(one, "from one")) == "from one");
    CHECK(find(one, save(two, "from two")) == "from two");
}

TEST_CASE("without its PostgreSQL a server doesn't start, and keeps the password to itself",
          "[06][postgres]") {
    const TemporaryDirectory nobody_here;
    const std::string host = "?host=" + nobody_here.path().string();
    struct Row {
        std::string address;
        int status;
        std::string named;
    };
    for (const Row& row :
         {Row{"postgresql://six:s3cret@/db" + host, 1, nobody_here.path().string()},
          Row{"postgres://six:s3cret@localhost:1/db", 1, "localhost"},
          Row{"postgresql://six:s3cret%zz@/db", 2, "--store"},
          Row{"postgresql://six:s3cret/s3cret@host/db", 2, "--store"},
          Row{"postgresql://six:s3cret@s3cret@host/db", 2, "--store"},
          Row{"mysql://six:s3cret@host/db", 2, "postgresql://"},
          Row{"six:s3cret@host", 2, "postgresql://"}}) {
        INFO(row.address);
        const std::string line = gives_up(row.address, row.status);
        CHECK_THAT(line, ContainsSubstring(row.named));
        CHECK_THAT(line, !ContainsSubstring("s3cret"));
    }
}

TEST_CASE("PostgreSQL and uploads don't go together, and that is said at the start",
          "[06][postgres]") {
    const TemporaryDirectory nobody_here;
    const std::string address = "postgresql://six@/db?host=" + nobody_here.path().string();
    CHECK_THAT(gives_up(address, 2, {"--max-body", "1048577"}),
               ContainsSubstring("--max-body"));
    CHECK_THAT(gives_up(address, 1, {"--max-body", "1048576"}),
               ContainsSubstring("can't use PostgreSQL"));
}

TEST_CASE("a table of another program's is left alone", "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    OtherProgram other(cluster);
    other.run("CREATE TABLE items (pk bigint, body integer)");
    CHECK_THAT(gives_up(cluster.address(), 1), ContainsSubstring("body"));
}
