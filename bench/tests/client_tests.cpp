// One client of a load: from when on it counts as being served.
#include "bench/client.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <optional>

#include "01_blocking/socket.hpp"
#include "05_coroutines/task_group.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/deadline.hpp"

using namespace six;
using namespace six::bench;

namespace {

/// The clients' loop, and a server that is played by the test on the same thread.
struct Stage {
    void spawn_client() { clients.spawn(visit(errand), outcomes.at(clients.size())); }
    UniqueFd accept() {
        UniqueFd client;
        testing::wait_until("a client", [&] {
            loop.run_once(false);
            client = accept_client(listener.get(), Mode::non_blocking);
            return static_cast<bool>(client);
        });
        return client;
    }
    /// Runs the clients until so many bytes of one have come; leaves them unread.
    void wait_for(const UniqueFd& client, std::size_t bytes) {
        testing::wait_until("a client's bytes", [&] {
            loop.run_once(false);
            std::array<char, 1024> buffer;
            const auto here = ::recv(client.get(), buffer.data(), buffer.size(), MSG_PEEK);
            return here == static_cast<ssize_t>(bytes);
        });
    }

    // It tells of sockets in the order of their numbers, whatever came first.
    EventLoop loop{make_poller("poll")};
    UniqueFd listener = listen_on("127.0.0.1", 0);
    Errand errand{loop, {"127.0.0.1", local_port(listener.get())}, Duration::zero(), 1};
    std::array<std::optional<six::bench::Outcome>, 2> outcomes;
    TaskGroup clients;
};

void tell(const UniqueFd& client, const char* bytes) {
    REQUIRE(send_all(client.get(), bytes));
}

}  // namespace

TEST_CASE("a client is served when those whose answers came before are no longer",
          "[bench][client]") {
    Stage stage;
    const std::size_t head_bytes = stage.errand.head.size();
    UniqueFd lower{::open("/dev/null", O_RDONLY)};  // a number for the second client
    stage.spawn_client();
    const UniqueFd first = stage.accept();
    stage.wait_for(first, head_bytes);
    tell(first, "HTTP/1.1 100 Continue\r\n\r\n");
    stage.wait_for(first, head_bytes + stage.errand.body.size());

    lower.close();
    stage.spawn_client();
    const UniqueFd second = stage.accept();
    stage.wait_for(second, head_bytes);
    tell(first, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"pk\": 1}");
    tell(second, "HTTP/1.1 100 Continue\r\n\r\n");
    stage.wait_for(second, head_bytes + stage.errand.body.size());
    CHECK(stage.outcomes[0] == six::bench::Outcome::saved);
    CHECK(stage.errand.crowd.most_in_service == 1);
}
