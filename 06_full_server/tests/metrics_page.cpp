// The page for Prometheus, as a running server tells it: its form, and what it counts of
// durations, of bytes, and of those who were refused. Read first: metrics.cpp.
#include "06_full_server/tests/full_server.hpp"
#include "06_full_server/tests/prometheus_format.hpp"

using namespace six::full::test;
using namespace six::testing;

namespace {

std::string closing(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
}

/// All bytes of an answer.
std::string answer_to(const std::string& request, const ServerProcess& server) {
    Client client(server.address());
    client.send(request);
    return client.read_until_end();
}

void save(const ServerProcess& server) {
    Client client(server.address());
    client.send(post_head_of(1) + "x");
    REQUIRE(client.read_response().status == 200);
}

/// Such as a sum of seconds.
double decimal(const std::string& page, const std::string& name) {
    const auto line = page.find("\n" + name + " ");
    REQUIRE(line != std::string::npos);
    return std::stod(page.substr(line + 2 + name.size()));
}

constexpr const char* histogram =
    "# HELP a Seconds.\n# TYPE a histogram\n"
    "a_bucket{le=\"0.5\"} 1\na_bucket{le=\"+Inf\"} 2\na_sum 0.75\na_count 2\n";

/// The page above, with a piece replaced.
std::string with(const std::string& piece, const std::string& other) {
    std::string page = histogram;
    const auto at = page.find(piece);
    REQUIRE(at != std::string::npos);
    return page.replace(at, piece.size(), other);
}

}  // namespace

TEST_CASE("a page that Prometheus would not read is noticed", "[06][metrics]") {
    CHECK(PrometheusPage(histogram).complaint() == "");
    CHECK(PrometheusPage("# HELP n Words.\n# TYPE n gauge\nn{a=\"b\",c=\"d\"} -1.5e3\n")
              .complaint() == "");
    for (const auto& page :
         {with("# HELP a Seconds.\n", ""),
          with("# TYPE a histogram\n", ""),
          with("histogram", "histogramme"),
          with("TYPE a", "TYPE b"),
          with("a_sum 0.75\n", ""),
          with("a_count 2\n", ""),
          with("a_count 2", "a_count 3"),
          with("a_bucket{le=\"+Inf\"} 2\n", ""),
          with("\"+Inf\"} 2", "\"+Inf\"} 0"),
          with("le=\"0.5\"", "gt=\"0.5\""),
          with("{le=\"0.5\"}", "{le=0.5}"),
          with("a_sum 0.75", "a_mean 0.75"),
          with("a_sum 0.75", "a_sum"),
          with("a_sum 0.75", "a_sum x"),
          with("a_sum", "b_sum"),
          with("a_sum ", "a_sum  "),
          with("a_sum 0.75\n", "\n"),
          with("a_count 2\n", "a_count 2"),
          with("le=\"0.5\"} 1\n", "le=\"0.5\"} 1\na_bucket{le=\"0.25\"} 1\n"),
          std::string(histogram) + "a_count 2\n",
          std::string(histogram) + histogram}) {
        INFO(page);
        CHECK(PrometheusPage(page).complaint() != "");
    }
}

TEST_CASE("a server's page keeps to the format of Prometheus", "[06][metrics]") {
    const std::string loops = GENERATE("1", "3");
    const ServerProcess server = start({"--loops", loops});
    CHECK(PrometheusPage(figures(server)).complaint() == "");  // nothing has happened
    save(server);
    for (const char* path : {"/items/1", "/items/2", "/health", "/nothing"})
        answer_to(closing(path), server);
    CHECK(PrometheusPage(figures(server)).complaint() == "");
}

TEST_CASE("a server tells how long its requests have taken", "[06][metrics]") {
    const ServerProcess server = start({"--loops", "1", "--save-delay", "50"});
    const std::string before = figures(server);
    save(server);
    const std::string after = figures(server);
    const auto more = [&](const std::string& what) {
        const std::string name = "six_request_duration_seconds_" + what;
        return decimal(after, name) - decimal(before, name);
    };
    CHECK(more("count") == 2);  // the save, and the page before
    CHECK(more("bucket{le=\"+Inf\"}") == 2);
    CHECK(more("bucket{le=\"0.025\"}") <= 1);  // not the save
    CHECK(more("sum") >= 0.05);
}

TEST_CASE("a server tells how many bytes it has sent", "[06][metrics]") {
    const ServerProcess server = start({"--loops", "1"});
    const std::string before = answer_to(closing("/metrics"), server);
    const std::string health = answer_to(closing("/health"), server);
    const std::string after = answer_to(closing("/metrics"), server);
    const auto sent = [](const std::string& page) {
        return figure(page, "six_sent_bytes_total");
    };
    CHECK(sent(after) - sent(before) ==
          static_cast<std::int64_t>(before.size() + health.size()));
}

TEST_CASE("a server tells how many connections it has refused", "[06][metrics]") {
    const ServerProcess server = start({"--max-per-address", "1"});
    Client inside(server.address());
    const auto refused = [&] {
        inside.send(get("/metrics"));
        return figure(inside.read_response().body, "six_connections_refused_total");
    };
    CHECK(refused() == 0);
    for (int i = 0; i < 3; ++i)
        REQUIRE(Client(server.address()).read_response().status == 503);
    CHECK(refused() == 3);
}
