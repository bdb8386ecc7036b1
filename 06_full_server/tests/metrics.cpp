// The page for Prometheus: what is counted, by whom, and how it is added up.
#include "06_full_server/metrics.hpp"

#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/client.hpp"
#include "common/testing/server_process.hpp"

using namespace six::full;
using namespace six::testing;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using Route = LoopMetrics::Route;

namespace {

std::string request(const std::string& line) {
    return line + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

std::string page_of(const ServerProcess& server) {
    Client client(server.address());
    client.send(request("GET /metrics"));
    return client.read_response().body;
}

/// The page of a server without saves.
std::string page_of(const Metrics& metrics) {
    return metrics.text({}, MemoryBudget{1000});
}

}  // namespace

TEST_CASE("the figures of all loops are added up", "[06][metrics]") {
    Metrics metrics;
    for (int loop = 0; loop < 3; ++loop) {
        LoopMetrics& counts = metrics.add_loop();
        counts.answered(Route::save_item, 200);
        counts.answered(Route::find_item, 404);
        counts.connections_opened.add(10);
        counts.connections_closed.add(7);
    }
    const std::string page = page_of(metrics);
    CHECK_THAT(page, ContainsSubstring(
                         "\nsix_requests_total{route=\"save_item\",status=\"200\"} 3\n"));
    CHECK_THAT(page, ContainsSubstring(
                         "\nsix_requests_total{route=\"find_item\",status=\"404\"} 3\n"));
    CHECK_THAT(page, ContainsSubstring("\nsix_connections_total 30\n"));
    CHECK_THAT(page, ContainsSubstring("\nsix_connections 9\n"));
    CHECK_THAT(page, ContainsSubstring("\nsix_loop_lag_seconds{loop=\"2\"} 0.000000\n"));
}

TEST_CASE("a status that nobody expected is counted as other", "[06][metrics]") {
    Metrics metrics;
    metrics.add_loop().answered(Route::health, 418);
    CHECK_THAT(page_of(metrics),
               ContainsSubstring("{route=\"health\",status=\"other\"} 1\n"));
}

TEST_CASE("a duration is counted in its bucket and in all that are larger",
          "[06][metrics]") {
    Metrics metrics;
    LoopMetrics& counts = metrics.add_loop();
    counts.took(1ms);  // a bound belongs to its bucket
    counts.took(1ms + 1us);
    counts.took(1min);
    const std::string page = page_of(metrics);
    CHECK_THAT(page, ContainsSubstring("_bucket{le=\"0.0005\"} 0\n"));
    CHECK_THAT(page, ContainsSubstring("_bucket{le=\"0.001\"} 1\n"));
    CHECK_THAT(page, ContainsSubstring("_bucket{le=\"0.0025\"} 2\n"));
    CHECK_THAT(page, ContainsSubstring("_bucket{le=\"10\"} 2\n"));
    CHECK_THAT(page, ContainsSubstring("_bucket{le=\"+Inf\"} 3\n"));
    CHECK_THAT(page, ContainsSubstring("_sum 60.002001\n"));
    CHECK_THAT(page, ContainsSubstring("_count 3\n"));
}

TEST_CASE("a server tells what it has done", "[06][metrics]") {
    const std::string loops = GENERATE("1", "2");
    const ServerProcess server = start_server(
        SIX_SERVER_PATH,
        {"--database", ":memory:", "--loops", loops, "--body-timeout", "0.05"});
    Client client(server.address());
    client.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nitem");
    REQUIRE(client.read_response().status == 200);
    for (const char* line :
         {"GET /items/1", "GET /items/2", "GET /health", "GET /nothing"}) {
        client.send(request(line));
        client.read_response();
    }
    client.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\n");
    REQUIRE(client.read_response().status == 408);
    const std::string page = page_of(server);
    for (const char* line :
         {"{route=\"save_item\",status=\"200\"} 1",
          "{route=\"find_item\",status=\"200\"} 1",
          "{route=\"find_item\",status=\"404\"} 1", "{route=\"health\",status=\"200\"} 1",
          "{route=\"other\",status=\"404\"} 1", "{route=\"other\",status=\"408\"} 1",
          "six_connections_total 2", "six_commits_total 1", "six_committed_items_total 1",
          "six_commit_queue 0"})
        CHECK_THAT(page, ContainsSubstring(std::string(line) + "\n"));
}

TEST_CASE("the page of figures is there to be read, not written", "[06][metrics]") {
    const ServerProcess server = start_server(SIX_SERVER_PATH, {"--database", ":memory:"});
    Client client(server.address());
    client.send("POST /metrics HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");
    const Response refused = client.read_response();
    CHECK(refused.status == 405);
}
