// Finds that go to PostgreSQL together, or with saves. One connection carries all, so that
// it is known what goes together.
#include "06_full_server/postgres/tests/setup.hpp"

using namespace six::testing;

namespace {

std::string path_of(std::int64_t pk) {
    return "/items/" + std::to_string(pk);
}

}  // namespace

TEST_CASE("a find doesn't see an item whose commit is refused", "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    const ServerProcess server = start_with(cluster, {"--store-connections", "1"}, 1);
    OtherProgram other(cluster);
    const std::int64_t earlier = save(server, "earlier");
    other.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'too late'; END $$;"
        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON items DEFERRABLE INITIALLY "
        "DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()");
    other.hold_all();
    Client first = asking(server, get(path_of(earlier)));
    other.wait_until_held_up("1");
    Client saver = asking(server, post("never saved"));
    wait_until_queued(server, 1);
    Client finder = asking(server, get(path_of(earlier + 1)));
    wait_until_queued(server, 2);
    other.let_go();

    CHECK(first.read_response().status == 200);
    CHECK(saver.read_response().status == 503);
    CHECK(finder.read_response().status == 404);
}

TEST_CASE("items that are found together are not in memory together", "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    SIX_NEEDS_MEMORY_FIGURES();
    constexpr std::size_t finds = 200;
    const PostgresCluster cluster;
    const ServerProcess server =
        start_with(cluster, {"--store-connections", "1", "--max-memory", "8388608"}, 1);
    OtherProgram other(cluster);
    const std::string path = path_of(save(server, std::string(1'000'000, 'x')));
    other.hold_all();
    Client first = asking(server, get(path));
    other.wait_until_held_up("1");
    std::vector<Client> clients = all_asking(server, finds, get(path));
    wait_until_queued(server, finds);
    const long before = server.resident_kib().value();
    other.let_go();

    CHECK(first.read_response().body.size() == 1'000'000);
    for (Client& client : clients) {  // their answers are kept until they are read
        const int status = client.read_response().status;
        CHECK((status == 200 || status == 503));
    }
    const long grown = server.peak_resident_kib().value() - before;
    INFO(grown << " KiB");
    CHECK(grown < 32 * 1024);
}
