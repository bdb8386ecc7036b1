// Clients that ask without end and never read an answer: how much they may send, what they
// cost, and how they end.
#include <string>
#include <vector>

#include "06_full_server/tests/full_server.hpp"
#include "common/testing/skip.hpp"

using namespace six::testing;
using namespace six::full::test;

namespace {

constexpr std::size_t item_bytes = 256 * 1024;

/// A client that sends the same request again and again.
class Greedy {
  public:
    Greedy(const Address& server, const std::string& request)
        : client_(server, {.receive_buffer_bytes = 4096}), request_bytes_(request.size()) {
        while (requests_.size() < 16 * 1024) requests_ += request;
    }
    /// Sends what the kernel takes, and returns how much that was. Doesn't wait.
    std::size_t send_all_it_can() {
        const std::size_t before = sent_;
        while (const std::size_t count = client_.send_some(
                   std::string_view(requests_).substr(sent_ % request_bytes_)))
            sent_ += count;
        return sent_ - before;
    }
    std::size_t sent() const { return sent_; }

  private:
    Client client_;
    const std::size_t request_bytes_;
    std::string requests_;
    std::size_t sent_ = 0;  // bytes
};

/// Many of them, and a healthy client beside them.
class Crowd {
  public:
    Crowd(const ServerProcess& server, std::size_t count, const std::string& request)
        : server_(server), healthy_(server.address()) {
        for (std::size_t i = 0; i < count; ++i)
            clients_.emplace_back(server.address(), request);
    }
    std::size_t send_all_they_can() {
        std::size_t sent = 0;
        for (Greedy& client : clients_) sent += client.send_all_it_can();
        return sent;
    }
    /// While a healthy client is served a hundred times none of them can send a byte, and
    /// the server reads none.
    bool is_stalled() {
        const std::int64_t before = received();
        if (send_all_they_can() > 0) return false;
        for (int i = 0; i < 100; ++i) {
            healthy_.send(get("/health"));
            REQUIRE(healthy_.read_response().status == 200);
        }
        const auto by_healthy = static_cast<std::int64_t>(100 * get("/health").size());
        return send_all_they_can() == 0 && received() == before + by_healthy;
    }
    const std::vector<Greedy>& clients() const { return clients_; }

  private:
    /// What the server has read, but for the questions for that.
    std::int64_t received() {
        asked_ += static_cast<std::int64_t>(get("/metrics").size());
        return metric(server_, "six_received_bytes_total") - asked_;
    }

    const ServerProcess& server_;
    Client healthy_;
    std::vector<Greedy> clients_;
    std::int64_t asked_ = 0;  // bytes
};

ServerProcess start_with_item(std::vector<std::string> options) {
    ServerProcess server = start(std::move(options));
    Client client(server.address());
    client.send(post_head_of(item_bytes) + std::string(item_bytes, 'x'));
    REQUIRE(client.read_response().status == 200);
    return server;
}

}  // namespace

TEST_CASE("a client that doesn't read its answers isn't read from", "[06][backpressure]") {
    const std::string path = GENERATE("/items/1", "/health");
    const std::string poller = GENERATE(from_range(six::poller_names()));
    INFO(path << ", " << poller);
    const ServerProcess server = start_with_item({"--poller", poller, "--loops", "2"});
    Crowd greedy(server, 10, get(path));
    wait_until(
        "nobody to be read from", [&] { return greedy.is_stalled(); },
        Deadline(std::chrono::seconds(30)));  // the kernel takes short answers for long
    constexpr std::size_t most_in_kernel = 16 * 1024 * 1024;  // at both ends
    for (const Greedy& client : greedy.clients()) CHECK(client.sent() < most_in_kernel);
}

TEST_CASE("clients that don't read their answers cost a few buffers each",
          "[06][backpressure]") {
    SIX_NEEDS_MEMORY_FIGURES();
    const ServerProcess server = start_with_item({});
    Crowd greedy(server, 50, get("/items/1"));
    const long before = *server.resident_kib();
    wait_until("nobody to be read from", [&] { return greedy.is_stalled(); });
    constexpr long of_each_kib = 4 * item_bytes / 1024;
    CHECK(*server.peak_resident_kib() - before < 50 * of_each_kib);
}

TEST_CASE("clients that don't read their answers are cut off when their time is over",
          "[06][backpressure]") {
    const ServerProcess server = start_with_item({"--write-timeout", "0.2"});
    Crowd greedy(server, 10, get("/items/1"));
    wait_until("all but the healthy one and who asks to be gone", [&] {
        greedy.send_all_they_can();
        return metric(server, "six_connections") == 2;
    });
    CHECK(metric(server, "six_kept_bytes") == 0);
    CHECK(greedy.send_all_they_can() == 0);
}
