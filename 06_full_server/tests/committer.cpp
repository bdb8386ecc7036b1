// Group commit, on a real database file that a second connection locks for a while, so that
// items gather.
#include "06_full_server/committer.hpp"

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "05_coroutines/tests/loops.hpp"
#include "06_full_server/tests/saves.hpp"
#include "common/testing/client.hpp"
#include "common/testing/server_process.hpp"

using namespace six;
using namespace six::test;
using full::Batch;
using full::Committer;
using full::TurnQueue;
using full::test::Saves;

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
    EventLoop loop;  // outlives who posts to it
};

/// A committer, and a queue that hands on each item by itself, at once.
struct Writer {
    explicit Writer(Fixture& database, const Committer::Limits& limits = {})
        : committer(database.store, limits),
          queue(database.loop, 1, [this](std::unique_ptr<Batch> batch) {
              committer.save(std::move(batch));
          }) {}
    Committer committer;
    TurnQueue queue;
};

const std::string cannot_save = "the database can't save this";
const std::string full_queue = "the database is too far behind";

}  // namespace

TEST_CASE("items that wait at the same time are committed together", "[06][commit]") {
    constexpr int items = 52;
    Fixture database;
    Writer writer(database);
    Saves saves(writer.queue);
    database.other.run("BEGIN IMMEDIATE");  // nobody else may write now
    for (int i = 0; i < items; ++i) saves.add("item");
    database.other.run("COMMIT");
    saves.finish();
    // Two groups at most: what the writer took at once, and all that came while it waited.
    CHECK(writer.committer.counts().commits <= 2);
    CHECK(writer.committer.counts().items == items);
    CHECK(database.store.find(items));
}

TEST_CASE("an item that the database refuses doesn't fail those beside it",
          "[06][commit]") {
    Fixture database;
    database.other.run(
        "CREATE TRIGGER refuse BEFORE INSERT ON items WHEN CAST(NEW.body AS TEXT) = 'bad' "
        "BEGIN SELECT RAISE(ABORT, 'refused'); END");
    Writer writer(database);
    Saves saves(writer.queue);
    database.other.run("BEGIN IMMEDIATE");
    const std::string& good = saves.add("good");
    const std::string& bad = saves.add("bad");
    const std::string& also_good = saves.add("also good");
    database.other.run("COMMIT");
    saves.finish();
    CHECK(bad == cannot_save);
    CHECK(database.store.find(std::stoll(good)) == "good");
    CHECK(database.store.find(std::stoll(also_good)) == "also good");
}

TEST_CASE(
    "a locked database refuses all who wait at once, not each after a wait of its own",
    "[06][commit]") {
    constexpr int items = 100;  // one by one, that would be 100 seconds
    Fixture database;
    Writer writer(database);
    Saves saves(writer.queue);
    database.other.run("BEGIN IMMEDIATE");
    std::vector<const std::string*> notes;
    for (int i = 0; i < items; ++i) notes.push_back(&saves.add("item"));
    saves.finish();
    for (const std::string* note : notes) CHECK(*note == cannot_save);
    database.other.run("COMMIT");
    const std::string& later = saves.add("later");
    saves.finish();
    CHECK(later == "1");
}

TEST_CASE("a full queue refuses at once, and what was taken is saved", "[06][commit]") {
    Fixture database;
    std::optional<Writer> writer(std::in_place, database, Committer::Limits{4, 2});
    std::optional<Saves> saves(std::in_place, writer->queue);
    database.other.run("BEGIN IMMEDIATE");
    int taken = 0;
    while (true) {
        const std::string& note = saves->add("item");
        database.loop.run_once(false);
        if (note == full_queue) break;
        REQUIRE(note.empty());
        ++taken;
    }
    CHECK(taken >= 4);
    CHECK(taken <= 6);  // four in the queue, two on their way to the disk
    database.other.run("COMMIT");
    saves.reset();
    writer.reset();  // what is queued is committed first
    CHECK(database.store.find(taken));
}

TEST_CASE("a batch for which there is just room is taken whole", "[06][commit]") {
    Fixture database;
    Committer committer(database.store, {.queued = 8, .batch = 8});
    TurnQueue queue(database.loop, 8, [&](std::unique_ptr<Batch> batch) {
        committer.save(std::move(batch));
    });
    Saves saves(queue);
    for (int i = 0; i < 8; ++i) saves.add("item");
    saves.finish();
    CHECK(committer.counts().commits == 1);
    CHECK(committer.counts().items == 8);
}

TEST_CASE("an upload has a transaction for itself", "[06][commit]") {
    Fixture database;
    Writer writer(database);
    Saves saves(writer.queue);
    auto upload =
        std::make_shared<full::Spool>(full::SpoolPlace{database.directory.path()});
    upload->append("large");
    database.other.run("BEGIN IMMEDIATE");
    saves.add("before");
    const std::string& large = saves.add(upload);
    saves.add("after");
    saves.add("after, too");
    database.other.run("COMMIT");
    saves.finish();
    CHECK(large == "2");
    CHECK(database.store.find(2) == "large");
    CHECK(writer.committer.counts().commits == 3);
}

TEST_CASE("a server goes while its items are with the committer", "[06][commit]") {
    Fixture database;
    {
        Writer writer(database);
        {
            Saves saves(writer.queue);
            database.other.run("BEGIN IMMEDIATE");
            saves.add("one");
            saves.add("two");
        }  // the tasks are gone, the batches are away
        database.other.run("COMMIT");
    }
    CHECK(database.store.find(1) == "one");
    CHECK(database.store.find(2) == "two");
    // And the loop goes with the batches that have come back.
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

TEST_CASE("who has been answered takes no room in the queue any more", "[06][commit]") {
    Fixture database;
    Writer writer(database, {.bytes = 10});
    for (int i = 1; i <= 100; ++i) {
        Saves saves(writer.queue);
        const std::string& note = saves.add("ten bytes!");
        saves.finish();
        REQUIRE(note == std::to_string(i));
    }
}
