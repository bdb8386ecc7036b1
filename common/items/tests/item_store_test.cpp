// What the store promises while the disk is well: exact bytes, ids in order, any thread.
// Read next: item_store_trouble_test.cpp, power_loss_test.cpp.
#include "common/items/item_store.hpp"

#include <fcntl.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdarg>
#include <future>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "common/http/message.hpp"
#include "common/items/tests/other_connection.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/temporary_directory.hpp"

using six::ItemStore;
using six::testing::OtherConnection;
using six::testing::TemporaryDirectory;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

std::string every_byte() {
    std::string bytes(256, '\0');
    std::iota(bytes.begin(), bytes.end(), '\0');
    return bytes;
}

/// Saves `count` items, each its own transaction; returns their ids.
std::vector<std::int64_t> save_many(ItemStore& store, const std::string& body, int count) {
    std::vector<std::int64_t> pks;
    for (int i = 0; i < count; ++i) pks.push_back(store.save(body));
    return pks;
}

/// How often SQLite locks and unlocks a file, as long as this lives: so each transaction
/// begins and ends. One thread.
class CountedLocks {
  public:
    CountedLocks() {
        calls = 0;
        vfs_->xSetSystemCall(vfs_, "fcntl", reinterpret_cast<sqlite3_syscall_ptr>(&lock));
    }
    ~CountedLocks() { vfs_->xSetSystemCall(vfs_, "fcntl", nullptr); }
    CountedLocks(const CountedLocks&) = delete;
    CountedLocks& operator=(const CountedLocks&) = delete;
    int count() const { return calls; }

  private:
    static int lock(int fd, int command, ...) {
        va_list arguments;
        va_start(arguments, command);
        void* const argument = va_arg(arguments, void*);
        va_end(arguments);
        ++calls;
        return ::fcntl(fd, command, argument);
    }
    static inline int calls = 0;
    sqlite3_vfs* const vfs_ = sqlite3_vfs_find(nullptr);
};

}  // namespace

TEST_CASE("items are numbered from one and found again", "[items][store]") {
    ItemStore store{{.file = ":memory:"}};
    CHECK(store.save("first") == 1);
    CHECK(store.save("second") == 2);
    CHECK(store.find(1) == "first");
    CHECK(store.find(2) == "second");
}

TEST_CASE("an item comes back byte for byte", "[items][store]") {
    const TemporaryDirectory directory;
    ItemStore store{{.file = directory.file("items.db")}};
    const std::vector<std::string> bodies = {
        "",      std::string(1, '\0'), std::string("a\0b", 3),
        "Grüße", every_byte(),         std::string(1024 * 1024, 'x')};
    for (const std::string& body : bodies) {
        const std::int64_t pk = store.save(body);
        CHECK((store.find(pk) == body));  // in brackets: not to be printed
    }
    CHECK(store.find(store.save(std::string_view{})) == "");
}

TEST_CASE("an id that nobody was given finds nothing", "[items][store]") {
    ItemStore store{{.file = ":memory:"}};
    store.save("only one");
    using Limits = std::numeric_limits<std::int64_t>;
    const std::int64_t pk = GENERATE(Limits::min(), -1, 0, 2, Limits::max());
    CHECK(store.find(pk) == std::nullopt);
}

TEST_CASE("items outlive the store that saved them", "[items][store]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    ItemStore{{.file = file}}.save("kept");
    ItemStore store{{.file = file}};
    CHECK(store.find(1) == "kept");
    CHECK(store.save("next") == 2);
}

TEST_CASE("a database file has a write-ahead log", "[items][store]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    ItemStore store{{.file = file}};
    CHECK(OtherConnection{file}.run("PRAGMA journal_mode") == "wal");
}

TEST_CASE("items saved together are numbered in their order", "[items][store]") {
    ItemStore store{{.file = ":memory:"}};
    store.save("before");
    const std::vector<std::string_view> bodies = {"a", "", std::string_view("\0c", 2)};
    CHECK(store.save_all(bodies) == std::vector<std::int64_t>{2, 3, 4});
    CHECK(store.find(2) == bodies[0]);
    CHECK(store.find(3) == bodies[1]);
    CHECK(store.find(4) == bodies[2]);
    CHECK(store.save_all({}).empty());
    CHECK(store.save("after") == 5);
}

TEST_CASE("very many items saved together are numbered in their order, too",
          "[items][store]") {
    const auto count = GENERATE(range(7, 28));
    ItemStore store{{.file = ":memory:"}};
    std::vector<std::string> items;
    for (int i = 0; i < count; ++i) items.push_back(std::to_string(i));
    const auto pks =
        store.save_all(std::vector<std::string_view>(items.begin(), items.end()));
    REQUIRE(pks.size() == items.size());
    for (std::size_t i = 0; i < pks.size(); ++i) {
        CHECK(pks[i] == static_cast<std::int64_t>(i) + 1);
        CHECK(store.find(pks[i]) == items[i]);
    }
    CHECK(store.save("after") == count + 1);
}

TEST_CASE("items saved together are saved all or none", "[items][store]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    ItemStore store{{.file = file}};
    OtherConnection{file}.run(
        "CREATE TRIGGER picky BEFORE INSERT ON items WHEN new.body = CAST('bad' AS BLOB) "
        "BEGIN SELECT RAISE(ABORT, 'not this one'); END");

    std::vector<std::string_view> bodies(20, "good");
    bodies[GENERATE(0u, 1u, 10u, 19u)] = "bad";
    CHECK_THROWS_AS(store.save_all(bodies), six::http::Error);
    CHECK(store.find(1) == std::nullopt);
    CHECK_THROWS_AS(store.save("bad"), six::http::Error);
    CHECK(store.save("good") == 1);
    CHECK(store.find(1) == "good");
}

TEST_CASE("where ids no longer count on, an item is saved alone or not at all",
          "[items][store]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    ItemStore store{{.file = file}};
    OtherConnection other{file};
    other.run("INSERT INTO items VALUES (9223372036854775807, 'the last')");
    const std::vector<std::string_view> bodies(20, "one more");
    CHECK_THROWS_AS(store.save_all(bodies), six::http::Error);
    CHECK(other.run("SELECT count(*) FROM items") == "1");
    CHECK(store.find(store.save("one more")) == "one more");
}

TEST_CASE("an item is saved and found piece by piece", "[items][store]") {
    const TemporaryDirectory directory;
    const std::string file = GENERATE(as<std::string>(), "items.db", ":memory:");
    ItemStore store{{.file = file[0] == ':' ? file : directory.file(file)}};
    const std::size_t size =
        GENERATE(0u, 1u, ItemStore::small_bytes, ItemStore::small_bytes + 1);
    std::string item(size, 'x');
    for (std::size_t i = 0; i < size; i += 1000) item[i] = static_cast<char>(i / 1000);

    const auto source = [&](std::uint64_t offset, std::span<char> buffer) {
        REQUIRE(offset + buffer.size() <= size);
        std::copy_n(item.begin() + static_cast<std::ptrdiff_t>(offset), buffer.size(),
                    buffer.begin());
    };
    const std::int64_t pk = store.save(size, source);
    CHECK(store.find(pk) == item);
    const auto found = store.look_up(pk);
    REQUIRE(found);
    CHECK(found->size == size);
    CHECK(found->is_large() == (size > ItemStore::small_bytes));
    CHECK(found->bytes == (found->is_large() ? "" : item));
    std::string copy;
    store.copy(pk, [&](std::string_view piece) {
        CHECK(piece.size() <= ItemStore::piece_bytes);
        copy += piece;
    });
    CHECK(copy == item);
    CHECK_FALSE(store.look_up(pk + 1));
    CHECK_THROWS_WITH(store.copy(pk + 1, [](std::string_view) {}), "there is no such item");
}

TEST_CASE("while a large item is copied others save, find and are found",
          "[items][store]") {
    const TemporaryDirectory directory;
    ItemStore store{{.file = directory.file("items.db")}};
    const std::int64_t pk = store.save(std::string(3 * ItemStore::piece_bytes, 'x'));
    std::size_t copied = 0;
    store.copy(pk, [&](std::string_view piece) {
        copied += piece.size();
        const std::int64_t next = store.save("item");
        CHECK(store.find(next) == "item");
        CHECK(store.look_up(next)->bytes == "item");
    });
    CHECK(copied == 3 * ItemStore::piece_bytes);
}

TEST_CASE("copying ends when its sink fails", "[items][store]") {
    const TemporaryDirectory directory;
    ItemStore store{{.file = directory.file("items.db")}};
    const std::int64_t pk = store.save(std::string(2 * ItemStore::piece_bytes, 'x'));
    int pieces = 0;
    const auto sink = [&](std::string_view) {
        if (++pieces == 1) throw std::runtime_error("full");
    };
    CHECK_THROWS_WITH(store.copy(pk, sink), "full");
    CHECK(pieces == 1);
    store.copy(pk, [&](std::string_view) { ++pieces; });
    CHECK(pieces == 3);
    CHECK(store.save("well") == pk + 1);
    // "0": nobody still reads.
    OtherConnection other{directory.file("items.db")};
    CHECK(other.run("PRAGMA wal_checkpoint(TRUNCATE)") == "0");
}

TEST_CASE("a small item is found in one transaction", "[items][store]") {
    const TemporaryDirectory directory;
    ItemStore store{{.file = directory.file("items.db")}};
    const std::int64_t pk = store.save("item");
    CHECK(store.look_up(pk)->bytes == "item");
    const CountedLocks locks;
    CHECK(store.find(pk) == "item");
    const int once = locks.count();
    CHECK(once > 0);
    CHECK(store.look_up(pk)->bytes == "item");
    CHECK(locks.count() == 2 * once);
}

TEST_CASE("an item is copied in one transaction, however large", "[items][store]") {
    const TemporaryDirectory directory;
    ItemStore store{{.file = directory.file("items.db")}};
    const auto small = store.save(std::string(2 * ItemStore::piece_bytes, 'x'));
    const auto large = store.save(std::string(20 * ItemStore::piece_bytes, 'x'));
    const auto locks_to_copy = [&](std::int64_t pk) {
        const CountedLocks locks;
        store.copy(pk, [](std::string_view) {});
        return locks.count();
    };
    (void)locks_to_copy(large);  // the first one is told where the log ends
    CHECK(locks_to_copy(small) > 0);
    CHECK(locks_to_copy(large) == locks_to_copy(small));
}

TEST_CASE("an item whose source fails is not saved, and the next one is",
          "[items][store]") {
    const TemporaryDirectory directory;
    ItemStore store{{.file = directory.file("items.db")}};
    const auto source = [](std::uint64_t offset, std::span<char>) {
        if (offset > 0) throw std::runtime_error("broken");
    };
    CHECK_THROWS_WITH(store.save(2 * ItemStore::piece_bytes, source), "broken");
    CHECK_FALSE(store.find(1));
    CHECK(store.save("well") == 1);
}

TEST_CASE("who finds does not wait for who saves", "[items][store]") {
    const TemporaryDirectory directory;
    ItemStore store{{.file = directory.file("items.db")}};
    REQUIRE(store.save("old") == 1);
    std::optional<std::string> found;
    const auto source = [&](std::uint64_t, std::span<char>) {
        found = store.find(1);  // in the middle of a transaction
    };
    CHECK(store.save(1, source) == 2);
    CHECK(found == "old");
}

TEST_CASE("many threads save at once and each gets its own id", "[items][store]") {
    constexpr int savers = 8, each = 25;
    const TemporaryDirectory directory;
    ItemStore store{{.file = directory.file("items.db")}};
    std::vector<std::future<std::vector<std::int64_t>>> running;
    for (int saver = 0; saver < savers; ++saver)
        running.push_back(std::async(std::launch::async, [&store, saver] {
            return save_many(store, "of " + std::to_string(saver), each);
        }));

    std::vector<std::int64_t> all;
    for (int saver = 0; saver < savers; ++saver)
        for (const std::int64_t pk : running[static_cast<std::size_t>(saver)].get()) {
            all.push_back(pk);
            CHECK(store.find(pk) == "of " + std::to_string(saver));
        }
    std::sort(all.begin(), all.end());
    std::vector<std::int64_t> expected(savers * each);
    std::iota(expected.begin(), expected.end(), 1);
    CHECK(all == expected);
}

TEST_CASE("two stores share one file", "[items][store]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    ItemStore one{{.file = file}};
    ItemStore other{{.file = file}};
    auto saving = std::async(std::launch::async, [&] { return save_many(one, "one", 20); });
    const auto others = save_many(other, "other", 20);
    const auto ones = saving.get();

    for (const std::int64_t pk : ones) CHECK(other.find(pk) == "one");
    for (const std::int64_t pk : others) CHECK(one.find(pk) == "other");
}

TEST_CASE("the delays of a slow database overlap", "[items][store]") {
    constexpr int savers = 10;
    constexpr milliseconds delay{300};
    ItemStore store{{.file = ":memory:", .save_delay = delay}};
    const auto start = steady_clock::now();
    std::vector<std::future<std::int64_t>> running;
    for (int i = 0; i < savers; ++i)
        running.push_back(
            std::async(std::launch::async, [&store] { return store.save("slow"); }));
    for (auto& saver : running) saver.get();
    const auto elapsed = steady_clock::now() - start;

    CHECK(elapsed >= delay);
    CHECK(elapsed <
          savers * delay);  // one after the other, they would need as long as that
}

TEST_CASE("items saved together wait for a slow database once", "[items][store]") {
    constexpr milliseconds delay{100};
    ItemStore store{{.file = ":memory:", .save_delay = delay}};
    const std::vector<std::string_view> bodies(30, "slow");
    const auto start = steady_clock::now();
    store.save_all(bodies);
    const auto elapsed = steady_clock::now() - start;

    CHECK(elapsed >= delay);
    CHECK(elapsed < bodies.size() * delay);
}
