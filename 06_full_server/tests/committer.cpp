// Group commit, on a real database file that a second connection locks for a while, so that
// items gather.
#include "06_full_server/committer.hpp"

#include <sqlite3.h>

#include <atomic>
#include <deque>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "05_coroutines/tests/loops.hpp"
#include "06_full_server/turn_queue.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/client.hpp"
#include "common/testing/server_process.hpp"

using namespace six;
using namespace six::test;
using full::Committer;
using full::TurnQueue;
using full::Waiting;

namespace {

/// Another program that uses the same database file.
class OtherConnection {
  public:
    explicit OtherConnection(const std::string& file) {
        REQUIRE(sqlite3_open(file.c_str(), &database_) == SQLITE_OK);
    }
    ~OtherConnection() { sqlite3_close(database_); }
    OtherConnection(const OtherConnection&) = delete;
    OtherConnection& operator=(const OtherConnection&) = delete;
    void run(const char* sql) {
        INFO(sql);
        REQUIRE(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    }

  private:
    sqlite3* database_ = nullptr;
};

struct Fixture {
    testing::TemporaryDirectory directory;
    std::string file = directory.file("items.db");
    ItemStore store{{.file = file}};
    OtherConnection other{file};
};

using Outcomes = std::vector<std::future<Outcome<std::int64_t>>>;

void add(Committer& committer, std::string body, Waiting::Done done) {
    std::deque<Waiting> items;
    items.emplace_back(std::move(body), std::move(done));
    committer.save(std::move(items));
}

std::future<Outcome<std::int64_t>> save(Committer& committer, const std::string& body) {
    auto promise = std::make_shared<std::promise<Outcome<std::int64_t>>>();
    auto outcome = promise->get_future();
    add(committer, body,
        [promise](Outcome<std::int64_t> result) { promise->set_value(std::move(result)); });
    return outcome;
}

}  // namespace

TEST_CASE("items that wait at the same time are committed together", "[06][commit]") {
    constexpr int items = 52;
    Fixture database;
    std::atomic<int> with_the_next = 0;
    {
        Committer committer(database.store, {});
        database.other.run("BEGIN IMMEDIATE");  // nobody else may write now
        for (int i = 0; i < items; ++i) {
            // When an item is done, the one behind it is there already, if both were
            // committed together; if each is committed by itself, it never is.
            add(committer, "item", [&](const Outcome<std::int64_t>& outcome) {
                with_the_next += database.store.find(outcome.value + 1).has_value();
            });
        }
        database.other.run("COMMIT");
    }
    // Two batches at most: what the writer took at once, and all that came while it waited.
    CHECK(with_the_next >= items - 2);
    CHECK(database.store.find(items));
}

TEST_CASE("an item that the database refuses doesn't fail those beside it",
          "[06][commit]") {
    Fixture database;
    database.other.run(
        "CREATE TRIGGER refuse BEFORE INSERT ON items WHEN CAST(NEW.body AS TEXT) = 'bad' "
        "BEGIN SELECT RAISE(ABORT, 'refused'); END");
    Committer committer(database.store, {});
    database.other.run("BEGIN IMMEDIATE");
    Outcomes outcomes;
    for (const char* body : {"good", "bad", "also good"})
        outcomes.push_back(save(committer, body));
    database.other.run("COMMIT");
    const auto good = outcomes[0].get();
    REQUIRE_FALSE(good.failed);
    CHECK(database.store.find(good.value) == "good");
    const auto bad = outcomes[1].get();
    REQUIRE(bad.failed);
    CHECK(bad.failed->status() == 503);
    const auto also_good = outcomes[2].get();
    REQUIRE_FALSE(also_good.failed);
    CHECK(database.store.find(also_good.value) == "also good");
}

TEST_CASE(
    "a locked database refuses all who wait at once, not each after a wait of its own",
    "[06][commit]") {
    constexpr int items = 100;  // one by one, that would be 100 seconds
    Fixture database;
    Outcomes outcomes;
    Committer committer(database.store, {});
    database.other.run("BEGIN IMMEDIATE");
    for (int i = 0; i < items; ++i) outcomes.push_back(save(committer, "item"));
    const testing::Deadline deadline;
    for (auto& outcome : outcomes) {
        REQUIRE(outcome.wait_for(std::chrono::milliseconds(deadline.left_ms())) ==
                std::future_status::ready);
        const auto refused = outcome.get();
        REQUIRE(refused.failed);
        CHECK(refused.failed->status() == 503);
    }
    database.other.run("COMMIT");
    CHECK_FALSE(save(committer, "later").get().failed);
}

TEST_CASE("a full queue refuses, and what was taken is saved", "[06][commit]") {
    Fixture database;
    Outcomes outcomes;
    {
        Committer committer(database.store, {.queued = 4, .batch = 2});
        database.other.run("BEGIN IMMEDIATE");
        int taken = 0;
        std::atomic<bool> full = false;
        const auto told = [&](const Outcome<std::int64_t>& outcome) {
            if (outcome.failed) full = true;
        };
        while (true) {
            add(committer, "item", told);
            if (full) break;
            ++taken;
        }
        CHECK(taken >= 4);
        CHECK(taken <= 6);  // four in the queue, two on their way to the disk
        database.other.run("COMMIT");
    }  // what is queued is committed first
    int saved = 0;
    while (database.store.find(saved + 1)) ++saved;
    CHECK(saved >= 4);
}

TEST_CASE("what a loop reads in one turn is handed on together at its end",
          "[06][commit]") {
    VirtualLoop on(make_poller(poller_names().front()));
    std::vector<std::size_t> groups;
    TurnQueue queue(
        on.loop, [&](const std::deque<Waiting>& items) { groups.push_back(items.size()); });
    const auto nobody = [](const Outcome<std::int64_t>&) {};
    queue.add({std::string("one"), nobody});
    queue.add({std::string("two"), nobody});
    CHECK(groups.empty());
    on.run_one();
    queue.add({std::string("three"), nobody});
    on.run_one();
    CHECK(groups == std::vector<std::size_t>{2, 1});
    CHECK(on.has_nothing_to_do());
}

TEST_CASE("a server that commits on its loop saves what it acknowledges", "[06][commit]") {
    const testing::TemporaryDirectory directory;
    const auto server = testing::start_server(
        SIX_SERVER_PATH,
        {"--commit-on", "loop", "--loops", "2", "--database", directory.file("items.db")});
    for (int i = 1; i <= 4; ++i) {
        testing::Client client(server.address());
        client.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nitem");
        const std::string pk = "{\"pk\": " + std::to_string(i) + "}";
        CHECK(client.read_response().body == pk);
    }
}
