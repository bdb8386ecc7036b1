// The contract: the parser's own table of raw requests, sent to the server. What the parser
// makes of each, the client must see.
#include "common/http/tests/request_table.hpp"
#include "common/testing/contract.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;
using six::http::raw::RawRequest;

namespace {

void check_taken(const Server& server, const RawRequest& raw) {
    Client client = server.connect();
    client.send(raw.bytes);
    const bool to_head = raw.bytes.starts_with("HEAD");
    const Response response =
        to_head ? client.read_response_to_head() : client.read_response();
    CHECK(response.status == raw.status);
    const bool body_unread = raw.path != "/items" && !raw.body.empty();
    if (server_keeps_alive())
        CHECK(response.says_close() == (!raw.keep_alive || body_unread));
    client.close();
    if (raw.path == "/items" && response.status == 200)
        CHECK(find(server, pk_in(response.body)) == raw.body);
}

void check_refused(const Server& server, const RawRequest& raw) {
    Client client = server.connect();
    if (client.try_send(raw.bytes)) client.half_close();
    const Response response = client.read_response();
    check_error(response, raw.status);
    CHECK(response.says_close());
    CHECK(client.read_until_end() == "");
}

}  // namespace

TEST_CASE("the server takes every request of the table that is right",
          "[contract][table]") {
    const Server server;
    std::size_t count = 0;
    for (const RawRequest& raw : six::http::raw::request_table()) {
        if (raw.status != 200) continue;
        INFO(raw.name);
        check_taken(server, raw);
        ++count;
    }
    CHECK(count > 30);
}

TEST_CASE("the server refuses every request of the table that is wrong",
          "[contract][table]") {
    const Server server;
    std::size_t count = 0;
    for (const RawRequest& raw : six::http::raw::request_table()) {
        if (raw.status == 200) continue;
        INFO(raw.name);
        check_refused(server, raw);
        ++count;
    }
    CHECK(count > 50);
    check_alive(server);
}
