// The page for Prometheus: what is counted, by whom, and how it is added up.
#include "06_full_server/metrics.hpp"

#include <string>
#include <vector>

#include "04_event_loop/virtual_clock.hpp"
#include "06_full_server/lag_poller.hpp"
#include "06_full_server/tests/full_server.hpp"

using six::VirtualClock;
using namespace six::full;
using namespace six::full::test;
using namespace six::testing;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using Route = LoopMetrics::Route;

namespace {

/// Waits for an hour each time.
class HourPoller final : public six::Poller {
  public:
    explicit HourPoller(VirtualClock& clock) : clock_(clock) {}
    void add(int) override {}
    void remove(int) noexcept override {}
    void arm(int, six::Interest) override {}
    std::span<const six::Readiness> wait(Timeout) override {
        clock_.advance(1h);
        return {};
    }

  private:
    VirtualClock& clock_;
};

std::string request(const std::string& line) {
    return line + " HTTP/1.1\r\nHost: test\r\n\r\n";
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
    counts.requests.add(1ms);  // a bound belongs to its bucket
    counts.requests.add(1ms + 1us);
    counts.requests.add(1min);
    const std::string page = page_of(metrics);
    CHECK_THAT(page, ContainsSubstring("_bucket{le=\"0.0005\"} 0\n"));
    CHECK_THAT(page, ContainsSubstring("_bucket{le=\"0.001\"} 1\n"));
    CHECK_THAT(page, ContainsSubstring("_bucket{le=\"0.0025\"} 2\n"));
    CHECK_THAT(page, ContainsSubstring("_bucket{le=\"10\"} 2\n"));
    CHECK_THAT(page, ContainsSubstring("_bucket{le=\"+Inf\"} 3\n"));
    CHECK_THAT(page, ContainsSubstring("_sum 60.002001\n"));
    CHECK_THAT(page, ContainsSubstring("_count 3\n"));
}

TEST_CASE("a turn of a loop is as long as it is away from its poller", "[06][metrics]") {
    VirtualClock clock;
    Metrics metrics;
    LagPoller poller(std::make_unique<HourPoller>(clock), metrics.add_loop().turns, clock);
    for (const auto turn : {1ms, 200ms, 0ms}) {
        poller.wait(std::nullopt);
        clock.advance(turn);
    }
    poller.wait(std::nullopt);
    const std::string page = page_of(metrics);
    CHECK_THAT(page, ContainsSubstring("six_loop_lag_seconds_bucket{le=\"0.1\"} 2\n"));
    CHECK_THAT(page, ContainsSubstring("six_loop_lag_seconds_bucket{le=\"0.25\"} 3\n"));
    CHECK_THAT(page, ContainsSubstring("six_loop_lag_seconds_sum 0.201000\n"));
}

TEST_CASE("a loop that was held up for a moment tells so when it is asked next",
          "[06][metrics]") {
    const std::string poller = GENERATE(from_range(six::poller_names()));
    const ServerProcess server =
        start({"--poller", poller, "--commit-on", "loop", "--save-delay", "200"});
    const auto long_turns = [&] {
        const std::string page = figures(server);
        return figure(page, "six_loop_lag_seconds_count") -
               figure(page, "six_loop_lag_seconds_bucket{le=\"0.1\"}");
    };
    const std::int64_t before = long_turns();
    Client client(server.address());
    client.send(post_head_of(1) + "x");
    REQUIRE(client.read_response().status == 200);
    CHECK(long_turns() > before);
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
    const std::string page = figures(server);
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
