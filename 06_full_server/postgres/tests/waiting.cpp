// Saves that wait for the database: together, on few connections, and not for ever. Another
// program holds the table, so that all that happens happens in a known order.
#include <csignal>

#include "06_full_server/postgres/tests/setup.hpp"

using namespace six::testing;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("saves that wait at the same time are one transaction on one connection",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    constexpr std::size_t items = 20;
    const PostgresCluster cluster;
    const ServerProcess server = start_with(cluster);
    OtherProgram other(cluster);
    const std::int64_t earlier = save(server, "earlier");

    other.hold_saves();
    Client first = asking(server, post("item"));
    other.wait_until_held_up("1");
    std::vector<Client> others = all_asking(server, items, post("item"));
    wait_until_queued(server, items);
    CHECK(find(server, earlier) == "earlier");  // a healthy client is answered meanwhile
    CHECK(other.held_up() == "1");
    other.let_go();

    const std::int64_t pk = pk_in(first.read_response().body);
    for (Client& client : others) CHECK(client.read_response().status == 200);
    const std::string later = " FROM items WHERE pk > " + std::to_string(pk);
    CHECK(other.run("SELECT count(*)" + later) == std::to_string(items));
    CHECK(other.run("SELECT count(DISTINCT xmin::text)" + later) == "1");
}

TEST_CASE("an item that PostgreSQL refuses doesn't fail those beside it",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    const ServerProcess server = start_with(cluster);
    OtherProgram other(cluster);
    other.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.body = 'bad' THEN RAISE 'not this one'; END IF; RETURN NEW; END "
        "$$;"
        "CREATE TRIGGER refuse BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION "
        "refuse()");
    other.hold_saves();
    Client first = asking(server, post("first"));
    other.wait_until_held_up("1");
    std::vector<Client> beside;
    for (const char* body : {"good", "bad", "also good"})
        beside.push_back(asking(server, post(body)));
    wait_until_queued(server, 3);
    other.let_go();

    CHECK(first.read_response().status == 200);
    CHECK(find(server, pk_in(beside[0].read_response().body)) == "good");
    const Response refused = beside[1].read_response();
    CHECK(refused.status == 503);
    CHECK(refused.field("Retry-After"));
    CHECK_THAT(refused.body, ContainsSubstring("the database can't save this\""));
    CHECK_THAT(server.stderr_text(), ContainsSubstring("not this one (P0001)\n"));
    CHECK(find(server, pk_in(beside[2].read_response().body)) == "also good");
    CHECK(other.run("SELECT count(*) FROM items") == "3");
}

TEST_CASE("an item that a trigger drops without a word costs only its client a 503",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    const ServerProcess server = start_with(cluster);
    OtherProgram other(cluster);
    other.run(
        "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.body = 'bad' THEN RETURN NULL; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER swallow BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION "
        "swallow()");
    other.hold_saves();
    Client first = asking(server, post("first"));
    other.wait_until_held_up("1");
    std::vector<Client> beside;
    for (const char* body : {"good", "bad", "also good"})
        beside.push_back(asking(server, post(body)));
    wait_until_queued(server, 3);
    other.let_go();

    CHECK(first.read_response().status == 200);
    CHECK(find(server, pk_in(beside[0].read_response().body)) == "good");
    const Response dropped = beside[1].read_response();
    CHECK(dropped.status == 503);
    CHECK_THAT(dropped.body, ContainsSubstring("trigger"));
    CHECK(find(server, pk_in(beside[2].read_response().body)) == "also good");
    CHECK(server.stderr_text().empty());
    CHECK(ask(server, post("bad")).status == 503);
    // What is dropped is not counted as saved, nor a transaction that saves nothing.
    wait_until_figure(server, "six_committed_items_total", 3);
    wait_until_figure(server, "six_commits_total", 2);
}

TEST_CASE("an item that is refused only at the commit is not acknowledged",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    const ServerProcess server = start_with(cluster);
    OtherProgram other(cluster);
    other.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'too late'; END $$;"
        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON items DEFERRABLE INITIALLY "
        "DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()");
    const Response refused = ask(server, post("item"));
    CHECK(refused.status == 503);
    CHECK_THAT(refused.body, ContainsSubstring("the database can't save this\""));
    CHECK_THAT(server.stderr_text(), ContainsSubstring("too late (P0001)\n"));
    other.run("DROP TRIGGER refuse ON items");
    save(server, "the connection is as good as before");
    CHECK(other.run("SELECT count(*) FROM items") == "1");
}

TEST_CASE("a locked table is waited for no longer than the limit, and nothing is saved",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    const ServerProcess server = start_with(cluster, {"--store-timeout", "0.5"});
    OtherProgram other(cluster);
    other.hold_saves();
    std::vector<Client> clients = all_asking(server, 5, post("item"));
    for (Client& client : clients) {
        const Response answer = client.read_response();
        CHECK(answer.status == 503);
        CHECK(answer.field("Retry-After"));
    }
    wait_until("PostgreSQL to have given up, too", [&] { return other.held_up() == "0"; });
    other.let_go();
    save(server, "now");
    CHECK(other.run("SELECT count(*) FROM items") == "1");
}

TEST_CASE("when too many saves wait for PostgreSQL, the next one is refused at once",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    const ServerProcess server = start_with(cluster, {"--queue", "4"});
    OtherProgram other(cluster);
    other.hold_saves();
    Client first = asking(server, post("item"));
    other.wait_until_held_up("1");
    std::vector<Client> waiting = all_asking(server, 4, post("item"));
    wait_until_queued(server, 4);
    const Response refused = ask(server, post("one too many"));
    CHECK(refused.status == 503);
    CHECK(refused.field("Retry-After"));
    other.let_go();
    CHECK(first.read_response().status == 200);
    for (Client& client : waiting) CHECK(client.read_response().status == 200);
}

TEST_CASE("items of saves that were given up count until PostgreSQL has answered",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    const ServerProcess server =
        start_with(cluster,
                   {"--handler-timeout", "0.1", "--store-timeout", "60", "--max-memory",
                    "2500000", "--store-connections", "3"},
                   3);
    OtherProgram other(cluster);
    const std::string large(1'000'000, 'x');
    other.hold_saves();
    for (const char* held_up : {"1", "2"}) {
        CHECK_THAT(ask(server, post(large)).body, ContainsSubstring("took too long"));
        other.wait_until_held_up(held_up);
    }
    CHECK_THAT(ask(server, post(large)).body, ContainsSubstring("too far behind"));
    other.let_go();
    wait_until("there to be room again",
               [&] { return ask(server, post(large)).status == 200; });
}

TEST_CASE("large items go to PostgreSQL and come from it at the same time",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    const ServerProcess server = start_with(cluster, {"--store-connections", "1"}, 1);
    OtherProgram other(cluster);
    const std::string large(1'000'000, 'x');
    const std::string path = "/items/" + std::to_string(save(server, large));

    other.hold_all();
    Client first = asking(server, get(path));
    other.wait_until_held_up("1");
    std::vector<Client> finds = all_asking(server, 20, get(path));
    wait_until_queued(server, finds.size());
    Client saves = asking(server, post(large));
    wait_until_queued(server, finds.size() + 1);
    other.let_go();  // answers fill one direction while the item fills the other

    const bool same = first.read_response().body == large;
    CHECK(same);
    for (Client& client : finds) CHECK(client.read_response().body.size() == large.size());
    CHECK(saves.read_response().status == 200);
}

TEST_CASE("a server that is asked to end finishes the saves that PostgreSQL has",
          "[06][postgres][shutdown]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    ServerProcess server = start_with(cluster, {"--loops", "2"}, 4);
    OtherProgram other(cluster);
    other.hold_saves();
    std::vector<Client> clients = all_asking(server, 2, post("item"));
    other.wait_until_held_up("2");  // one connection of each loop
    for (Client& client : all_asking(server, 4, post("item")))
        clients.push_back(std::move(client));
    wait_until_queued(server, 4);
    server.signal(SIGTERM);
    wait_until("the server to take no more clients",
               [&] { return refuses_connections(server.address()); });
    other.let_go();
    for (Client& client : clients) CHECK(client.read_response().status == 200);
    CHECK(server.wait_for_exit() == Exit{0});
    CHECK(server.stderr_text().empty());
    CHECK(other.run("SELECT count(*) FROM items") == "6");
}
