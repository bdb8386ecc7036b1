// Durability: what `save` has returned for is on the disk. A killed process can't show
// that, since the system keeps what it had written; so here the disk loses its power.
#include <map>
#include <string>
#include <vector>

#include "common/http/message.hpp"
#include "common/items/item_store.hpp"
#include "common/items/tests/other_connection.hpp"
#include "common/items/tests/power_loss_vfs.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/temporary_directory.hpp"

using six::ItemStore;
using six::testing::OtherConnection;
using six::testing::PowerLossVfs;
using six::testing::TemporaryDirectory;

namespace {

using Durability = ItemStore::Durability;
using Rows = std::map<std::int64_t, std::string>;

/// Saves some items, one by one and together, and notes them once they are acknowledged.
void save_some(ItemStore& store, int round, Rows& acknowledged) {
    const std::string body = "of round " + std::to_string(round);
    acknowledged[store.save(body)] = body;
    const std::string grouped = body + ", together";
    const std::vector<std::string_view> group(3, grouped);
    for (const std::int64_t pk : store.save_all(group)) acknowledged[pk] = grouped;
    const std::string large(static_cast<std::size_t>(round) * 50'000, 'x');
    acknowledged[store.save(large)] = large;
}

/// How many of the rows are missing, or not as they were.
int count_lost(ItemStore& store, const Rows& rows) {
    int lost = 0;
    for (const auto& [pk, body] : rows)
        if (store.find(pk) != body) ++lost;
    return lost;
}

/// Saves, pulls the plug, starts again: many times on one file. Returns how many rows were
/// missing, the sum over all starts.
int lose_power_often(const std::string& file, Durability durability) {
    PowerLossVfs disk;
    int lost = 0;
    Rows acknowledged;
    for (int round = 1; round <= 20; ++round) {
        {
            ItemStore store{{.file = file, .durability = durability}};
            lost += count_lost(store, acknowledged);
            save_some(store, round, acknowledged);
            disk.cut_power();
        }
        disk.restore_power();
        CHECK(OtherConnection{file}.run("PRAGMA integrity_check") == "ok");
    }
    ItemStore store{{.file = file, .durability = durability}};
    return lost + count_lost(store, acknowledged);
}

}  // namespace

TEST_CASE("no acknowledged item is lost with the power", "[items][durability]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    CHECK(lose_power_often(file, Durability::full) == 0);
    // Nothing was written twice, either: each round saved five items.
    CHECK(OtherConnection{file}.run("SELECT count(*) FROM items") == "100");
}

TEST_CASE("without syncing, acknowledged items are lost with the power",
          "[items][durability]") {
    const TemporaryDirectory directory;
    CHECK(lose_power_often(directory.file("items.db"), Durability::off) > 0);
}

TEST_CASE("a save that the power cut off is refused", "[items][durability]") {
    PowerLossVfs disk;
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    {
        ItemStore store{{.file = file}};
        store.save("acknowledged");
        disk.cut_power();
        CHECK_THROWS_AS(store.save("never acknowledged"), six::http::Error);
    }
    disk.restore_power();
    ItemStore store{{.file = file}};
    CHECK(store.find(1) == "acknowledged");
    CHECK(store.find(2) == std::nullopt);
}
