// The contract: what is saved comes back, byte for byte, and ids grow.
#include <csignal>
#include <limits>

#include "common/testing/contract.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;

namespace {

constexpr std::size_t max_body = 1024 * 1024;

}  // namespace

TEST_CASE("a saved item comes back with its bytes", "[contract][items]") {
    const Server server;
    const std::int64_t pk = save(server, "two coffees, one tea");
    CHECK(find(server, pk) == "two coffees, one tea");
}

TEST_CASE("the answer to a saved item is its id as JSON and nothing more",
          "[contract][items]") {
    const Server server;
    const Response response = ask(server, post("x"));
    CHECK(response.status == 200);
    CHECK(response.field("Content-Type") == "application/json");
    CHECK(response.body == "{\"pk\": " + std::to_string(pk_in(response.body)) + "}");
}

TEST_CASE("an empty body is an item", "[contract][items]") {
    const Server server;
    const std::int64_t pk = save(server, "");
    CHECK(find(server, pk) == "");
}

TEST_CASE("a POST that declares no body saves an empty item", "[contract][items]") {
    const Server server;
    const Response response = ask(server, request("POST", "/items"));
    REQUIRE(response.status == 200);
    CHECK(find(server, pk_in(response.body)) == "");
}

TEST_CASE("an item may hold bytes of every value", "[contract][items]") {
    const Server server;
    const std::string bytes = bytes_of_all_values(1000);
    CHECK(find(server, save(server, bytes)) == bytes);
}

TEST_CASE("an item that looks like a request is only bytes", "[contract][items]") {
    const Server server;
    const std::string bytes = get("/health") + get("/items/1");
    CHECK(find(server, save(server, bytes)) == bytes);
}

TEST_CASE("a body of the greatest allowed size is saved", "[contract][items]") {
    const Server server;
    const std::string bytes = bytes_of_all_values(max_body);
    const bool same = find(server, save(server, bytes)) == bytes;
    CHECK(same);  // as a bool: on a failure nobody wants to read a megabyte
}

TEST_CASE("the size of a body can be limited on the command line", "[contract][items]") {
    SIX_NEEDS_OWN_SERVER();
    const Server server({"--max-body", "10"});
    CHECK(find(server, save(server, "0123456789")) == "0123456789");
    check_error(ask(server, post("0123456789a")), 413);
}

TEST_CASE("a body in chunks is saved as one item", "[contract][items][chunked]") {
    const Server server;
    const Response response = ask(server, post_chunked("in three chunks", {2, 6, 100}));
    REQUIRE(response.status == 200);
    CHECK(find(server, pk_in(response.body)) == "in three chunks");
}

TEST_CASE("chunks of odd sizes and cut anywhere make the same item",
          "[contract][items][chunked]") {
    const Server server;
    const std::string bytes = bytes_of_all_values(100'000);
    const std::string whole =
        post_chunked(bytes, {1, 2, 3, 255, 256, 4095, 4097, 65'537, 17});
    for (const std::size_t piece_bytes : {1'009u, 16'384u, 50'021u}) {
        Client client = server.connect();
        client.send_in_pieces(whole, piece_bytes);
        const Response response = client.read_response();
        REQUIRE(response.status == 200);
        client.close();  // a server for one client at a time waits for that
        const bool same = find(server, pk_in(response.body)) == bytes;
        CHECK(same);
    }
}

TEST_CASE("a chunked body may be empty", "[contract][items][chunked]") {
    const Server server;
    const Response response = ask(server, post_chunked("", {1}));
    REQUIRE(response.status == 200);
    CHECK(find(server, pk_in(response.body)) == "");
}

TEST_CASE("extensions of chunks and trailers are not part of the item",
          "[contract][items][chunked]") {
    const Server server;
    const Response response =
        ask(server, request("POST", "/items", "Transfer-Encoding: chunked\r\n") +
                        "5;name=value;flag\r\nhello\r\n"
                        "1;quoted=\"a;b\"\r\n!\r\n"
                        "0;last\r\nTrailer-One: 1\r\nTrailer-Two: 2\r\n\r\n");
    REQUIRE(response.status == 200);
    CHECK(find(server, pk_in(response.body)) == "hello!");
}

TEST_CASE("a chunked body of the greatest allowed size is saved",
          "[contract][items][chunked]") {
    const Server server;
    const std::string bytes = bytes_of_all_values(max_body);
    const Response response = ask(server, post_chunked(bytes, {100'000}));
    REQUIRE(response.status == 200);
    const bool same = find(server, pk_in(response.body)) == bytes;
    CHECK(same);
}

TEST_CASE("ids grow with every item", "[contract][items]") {
    const Server server;
    std::int64_t last = 0;
    for (int i = 0; i < 20; ++i) {
        const std::int64_t pk = save(server, "item " + std::to_string(i));
        CHECK(pk > last);
        last = pk;
    }
}

TEST_CASE("a refused item leaves nothing behind", "[contract][items]") {
    SIX_NEEDS_OWN_SERVER();  // on a shared server others may save in between
    const Server server;
    const std::int64_t before = save(server, "before");
    check_error(ask(server, post_head(max_body + 1)), 413);
    CHECK(find(server, before + 1) == std::nullopt);
    CHECK(save(server, "after") == before + 1);
}

TEST_CASE("items of many clients don't get mixed up", "[contract][items]") {
    const Server server;
    std::vector<Client> clients;
    for (unsigned i = 0; i < 20; ++i) {
        clients.push_back(server.connect());
        clients.back().send(post(bytes_of_all_values(5'000 + i, i), connection_close));
    }
    std::vector<std::int64_t> pks;
    for (Client& client : clients) {
        const Response response = client.read_response();
        REQUIRE(response.status == 200);
        pks.push_back(pk_in(response.body));
        client.close();
    }
    for (unsigned i = 0; i < pks.size(); ++i)
        CHECK(find(server, pks[i]) == bytes_of_all_values(5'000 + i, i));
}

TEST_CASE("an item that does not exist is not found", "[contract][items]") {
    const Server server;
    const std::string last = std::to_string(std::numeric_limits<std::int64_t>::max());
    for (const std::string& number :
         {std::string("0"), last, std::string("9223372036854775808"),
          std::string("18446744073709551617"), std::string(99, '9')}) {
        INFO(number);
        check_error(ask(server, get("/items/" + number)), 404);
    }
}

TEST_CASE("what is no number is not found", "[contract][items]") {
    const Server server;
    save(server, "so that there is an item 1");
    for (const char* path :
         {"/items/", "/items/-1", "/items/+1", "/items/abc", "/items/1a", "/items/1/",
          "/items/1/2", "/items/0x1", "/items/%31", "/items/1.0", "/itemsx", "/items1"}) {
        INFO(path);
        check_error(ask(server, get(path)), 404);
    }
}

TEST_CASE("HEAD tells of an item what GET would, without the item", "[contract][items]") {
    const Server server;
    const std::int64_t pk = save(server, "twelve bytes");
    Client client = server.connect();
    client.send(request("HEAD", item_path(pk), connection_close));
    const Response response = client.read_response_to_head();
    CHECK(response.status == 200);
    CHECK(response.field("Content-Type") == "application/octet-stream");
    CHECK(response.field("Content-Length") == "12");
    CHECK(client.read_until_end() == "");
}

TEST_CASE("HEAD works for the health check and for what is not found",
          "[contract][items]") {
    const Server server;
    const std::pair<const char*, int> expected[] = {
        {"/health", 200}, {"/nothing", 404}, {"/items/9223372036854775807", 404}};
    for (const auto& [path, status] : expected) {
        Client client = server.connect();
        client.send(request("HEAD", path, connection_close));
        CHECK(client.read_response_to_head().status == status);
        CHECK(client.read_until_end() == "");
    }
}

TEST_CASE("the health check says ok", "[contract][items]") {
    const Server server;
    const Response response = ask(server, get("/health"));
    CHECK(response.status == 200);
    CHECK(response.field("Content-Type") == "application/json");
    CHECK(response.body == "{\"status\":\"ok\"}");
}

TEST_CASE("items outlive the server", "[contract][items][storage]") {
    SIX_NEEDS_OWN_SERVER();
    Server server;
    const std::int64_t pk = save(server, "from the first run");
    server.signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == Exit{0});
    server.restart();
    CHECK(find(server, pk) == "from the first run");
    CHECK(save(server, "from the second run") > pk);
}
