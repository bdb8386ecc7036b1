// Items that are too large for the memory, on their way to a client.
#include <future>
#include <string>

#include "05_coroutines/task_group.hpp"
#include "05_coroutines/tests/loops.hpp"
#include "06_full_server/spooled_item.hpp"
#include "06_full_server/tests/full_server.hpp"
#include "common/items/tests/other_connection.hpp"
#include "common/testing/captured_stderr.hpp"
#include "common/testing/temporary_directory.hpp"

using namespace six;
using namespace six::testing;
using namespace six::full::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t item_bytes = 32 * 1024 * 1024;  // more than a socket's buffers

/// No two of its pieces are the same.
std::string large_item() {
    std::string item(item_bytes, 'x');
    for (std::size_t i = 0; i < item.size(); i += 1000)
        item.replace(i, 8, std::to_string(10'000'000 + i / 1000));
    return item;
}

/// A server on a file in which there is a large item, the first.
ServerProcess start_with_item(const std::string& file, std::vector<std::string> options) {
    (void)ItemStore{{.file = file}}.save(large_item());
    options.insert(options.end(), {"--database", file});
    return start_server(SIX_SERVER_PATH, options);
}

/// A store with an item of three pieces, and one thread that copies.
struct Fixture {
    EventLoop loop{SIX_EACH_POLLER};
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    ItemStore items{{.file = file}};
    const std::string item = std::string(ItemStore::piece_bytes, 'a') +
                             std::string(ItemStore::piece_bytes, 'b') + "c";
    const std::int64_t pk = items.save(item);
    full::MemoryBudget room{10 * ItemStore::piece_bytes};
    ThreadPool disk{1, 10};

    full::SpooledItem spooled(const std::string& folder = ".") {
        return {loop, items,       {disk, disk},
                pk,   item.size(), {directory.file(folder), &room}};
    }
    /// Waits for the thread to be done with all that it was given.
    void settle() {
        std::promise<void> done;
        REQUIRE(disk.try_submit([&] { done.set_value(); }));
        REQUIRE(done.get_future().wait_for(10s) == std::future_status::ready);
    }
};

Task<void> read_all(full::LargeItem& item, std::string& all) {
    while (true) {
        const std::string piece = co_await item.next_piece();
        if (piece.empty()) co_return;
        all += piece;
    }
}

}  // namespace

TEST_CASE("a large item comes in pieces, and keeps its room until it is gone",
          "[06][large]") {
    Fixture fixture;
    {
        full::SpooledItem item = fixture.spooled();
        std::string all;
        sync_wait(fixture.loop, read_all(item, all));
        CHECK(all == fixture.item);
        CHECK(fixture.room.taken() == all.size());
    }
    fixture.settle();
    CHECK(fixture.room.taken() == 0);
}

TEST_CASE("a large item for which there is no room is refused", "[06][large]") {
    Fixture fixture;
    full::MemoryBudget::Share others{fixture.room};
    REQUIRE(others.try_take(8 * ItemStore::piece_bytes));
    {
        full::SpooledItem item = fixture.spooled();
        std::string all;
        CHECK_THROWS_WITH(sync_wait(fixture.loop, read_all(item, all)),
                          "too many large items are on their way");
    }
    fixture.settle();
    CHECK(fixture.room.taken() == 8 * ItemStore::piece_bytes);
}

TEST_CASE("a large item that nobody waits for any more is not copied", "[06][large]") {
    Fixture fixture;
    std::promise<void> busy;
    REQUIRE(fixture.disk.try_submit([&] { busy.get_future().wait(); }));
    const CapturedStderr log;
    {
        full::SpooledItem item = fixture.spooled("nowhere");  // who copies would complain
        std::string all;
        TaskGroup readers;
        readers.spawn(read_all(item, all));
        readers.cancel();
        sync_wait(fixture.loop, readers.join());
    }
    busy.set_value();
    fixture.settle();
    CHECK(log.text().empty());
    CHECK(fixture.room.taken() == 0);
}

TEST_CASE("a large item that is another one by now is not sent", "[06][large]") {
    Fixture fixture;
    std::string all;
    full::SpooledItem item = fixture.spooled();
    OtherConnection{fixture.file}.run("UPDATE items SET body = 'short'");
    CHECK_THROWS_WITH(sync_wait(fixture.loop, read_all(item, all)), "the item has changed");
    full::SpooledItem gone = fixture.spooled();
    OtherConnection{fixture.file}.run("DELETE FROM items");
    CHECK_THROWS_WITH(sync_wait(fixture.loop, read_all(gone, all)),
                      "there is no such item");
    CHECK(all.empty());
}

TEST_CASE("several clients may have the same large item at once", "[06][large]") {
    const TemporaryDirectory directory;
    const ServerProcess server =
        start_with_item(directory.file("items.db"), {"--max-body", "40000000"});
    std::vector<Client> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back(server.address()).send(get("/items/1"));
    for (Client& client : clients) CHECK(client.read_response().body == large_item());
}

TEST_CASE("a client that reads a large item slowly holds up neither saves nor their log",
          "[06][large]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    const ServerProcess server = start_with_item(file, {"--max-body", "40000000"});
    Client slow(server.address(), {.receive_buffer_bytes = 4096});
    slow.send(get("/items/1"));
    CHECK(slow.read_response_to_head().content_length() == item_bytes);

    Client client(server.address());
    client.send(post_head_of(1) + "x");
    CHECK(client.read_response().status == 200);
    // "0": nobody was in its way.
    CHECK(OtherConnection{file}.run("PRAGMA wal_checkpoint(TRUNCATE)") == "0");
    CHECK(slow.read_bytes(item_bytes) == large_item());
}

TEST_CASE("the files of large items have no more room than was allowed", "[06][large]") {
    const TemporaryDirectory directory;
    const ServerProcess server =
        start_with_item(directory.file("items.db"), {"--max-spool", "40"});
    Client slow(server.address(), {.receive_buffer_bytes = 4096});
    slow.send(get("/items/1"));
    CHECK(slow.read_response_to_head().content_length() == item_bytes);

    Client client(server.address());
    client.send(get("/items/1"));
    const Response refused = client.read_response();
    CHECK(refused.status == 503);
    CHECK(refused.body == R"({"error": "too many large items are on their way"})");
    CHECK(refused.field("Retry-After") == "1");
    client.send("HEAD /items/1 HTTP/1.1\r\nHost: test\r\n\r\n");  // needs none
    CHECK(client.read_response_to_head().content_length() == item_bytes);

    slow.close();
    wait_until("the room to be free", [&] {
        client.send(get("/items/1"));
        return client.read_response().status == 200;
    });
}
