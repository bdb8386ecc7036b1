// Items that are too large for the memory, on their way to a client.
#include <future>
#include <string>

#include "05_coroutines/task_group.hpp"
#include "05_coroutines/tests/loops.hpp"
#include "06_full_server/spooled_item.hpp"
#include "06_full_server/tests/full_server.hpp"
#include "common/items/tests/other_connection.hpp"
#include "common/testing/temporary_directory.hpp"

using namespace six;
using namespace six::testing;
using namespace six::full::test;

namespace {

constexpr std::size_t item_bytes = 8 * 1024 * 1024;  // more than a socket's buffers

/// A server on a file in which there is a large item, the first.
ServerProcess start_with_item(const std::string& file, std::vector<std::string> options) {
    (void)ItemStore{{.file = file}}.save(std::string(item_bytes, 'x'));
    options.insert(options.end(), {"--database", file});
    return start_server(SIX_SERVER_PATH, options);
}

/// A store with an item of three pieces, and one thread that copies.
struct Fixture {
    EventLoop loop{SIX_EACH_POLLER};
    const TemporaryDirectory directory;
    ItemStore items{{.file = directory.file("items.db")}};
    const std::string item = std::string(ItemStore::piece_bytes, 'a') +
                             std::string(ItemStore::piece_bytes, 'b') + "c";
    const std::int64_t pk = items.save(item);
    full::MemoryBudget room{10 * ItemStore::piece_bytes};
    ThreadPool disk{1, 10};

    full::SpooledItem spooled() {
        return {loop, items, disk, pk, {directory.path(), &room}};
    }
    /// Waits for the thread to be done with all that it was given.
    void settle() {
        std::promise<void> done;
        REQUIRE(disk.try_submit([&] { done.set_value(); }));
        done.get_future().wait();
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

TEST_CASE("a large item that nobody waits for any more leaves nothing", "[06][large]") {
    Fixture fixture;
    std::promise<void> busy;
    REQUIRE(fixture.disk.try_submit([&] { busy.get_future().wait(); }));
    {
        full::SpooledItem item = fixture.spooled();
        std::string all;
        TaskGroup readers;
        readers.spawn(read_all(item, all));
        readers.cancel();
        sync_wait(fixture.loop, readers.join());
    }
    busy.set_value();
    fixture.settle();
    CHECK(fixture.room.taken() == 0);
}

TEST_CASE("a client that reads a large item slowly holds up neither saves nor their log",
          "[06][large]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    const ServerProcess server = start_with_item(file, {"--max-body", "10000000"});
    Client slow(server.address(), {.receive_buffer_bytes = 4096});
    slow.send(get("/items/1"));
    CHECK(slow.read_bytes(100).starts_with("HTTP/1.1 200"));

    Client client(server.address());
    client.send(post_head_of(1) + "x");
    CHECK(client.read_response().status == 200);
    // "0": nobody was in its way.
    CHECK(OtherConnection{file}.run("PRAGMA wal_checkpoint(TRUNCATE)") == "0");
    CHECK(slow.read_bytes(item_bytes).ends_with(std::string(1000, 'x')));
}

TEST_CASE("the files of large items have no more room than was allowed", "[06][large]") {
    const TemporaryDirectory directory;
    const ServerProcess server =
        start_with_item(directory.file("items.db"), {"--max-spool", "12"});
    Client slow(server.address(), {.receive_buffer_bytes = 4096});
    slow.send(get("/items/1"));
    CHECK(slow.read_bytes(100).starts_with("HTTP/1.1 200"));

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
