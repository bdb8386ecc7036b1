// Items that PostgreSQL refuses, and what becomes of those beside them.
#include "06_full_server/postgres/tests/setup.hpp"

using namespace six::testing;

namespace {

/// Items that begin with `!` are refused for the reason that follows, an SQLSTATE.
void refuse_some(OtherProgram& other) {
    other.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF get_byte(NEW.body, 0) = ascii('!') THEN RAISE 'refused' USING ERRCODE = "
        "substr(convert_from(NEW.body, 'UTF8'), 2, 5); END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER refuse BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION "
        "refuse()");
}

/// What becomes of items that go to PostgreSQL together.
std::vector<int> answers_to(const ServerProcess& server, OtherProgram& other,
                            const std::vector<std::string>& items) {
    other.hold_saves();
    Client first = asking(server, post("first"));
    other.wait_until_held_up("1");
    std::vector<Client> together;
    for (const std::string& item : items) together.push_back(asking(server, post(item)));
    wait_until_queued(server, items.size());
    other.let_go();
    CHECK(first.read_response().status == 200);
    std::vector<int> answers;
    for (Client& client : together) answers.push_back(client.read_response().status);
    return answers;
}

}  // namespace

TEST_CASE("what is no row's fault is tried once, and refused to all beside it",
          "[06][postgres]") {
    SIX_NEEDS_POSTGRES();
    const PostgresCluster cluster;
    const ServerProcess server = start_with(cluster);
    OtherProgram other(cluster);
    refuse_some(other);
    using Answers = std::vector<int>;
    for (const std::string state : {"53100", "25006", "40001", "42501", "55P03", "57014"}) {
        INFO(state);
        CHECK(answers_to(server, other, {"good", "!" + state, "good"}) ==
              Answers{503, 503, 503});
    }
    for (const std::string state : {"22001", "23514", "38000", "54000", "P0001", "XX001"}) {
        INFO(state);
        CHECK(answers_to(server, other, {"good", "!" + state, "good"}) ==
              Answers{200, 503, 200});
    }
    // Tried one by one, they meet it.
    CHECK(answers_to(server, other, {"!22001", "good", "!53100", "good"}) ==
          Answers{503, 200, 503, 503});
}
