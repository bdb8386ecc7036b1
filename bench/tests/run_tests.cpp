// The load generator against servers that do one thing only, and against real ones.
#include "bench/run.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <functional>
#include <thread>
#include <utility>

#include "01_blocking/socket.hpp"
#include "bench/measure.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"

using namespace six;
using namespace six::bench;
using namespace std::chrono_literals;

namespace {

/// Twenty clients in 200 ms, half of them counted.
Load little_load() {
    Load load;
    load.name = "little";
    load.clients = 10;
    load.rate = 100;
    load.pause = 0.1s;
    load.window = 0.1s;
    load.patience = 0.3s;
    return load;
}

const Watcher nobody_watches = [](const Moment&) {};

RunFigures run_against(int port, const Load& load,
                       const Watcher& watcher = nobody_watches) {
    const StopSignal stop;
    return run_load(load, {"127.0.0.1", static_cast<std::uint16_t>(port)}, ::getpid(), stop,
                    watcher);
}

/// Reads until an empty line has come.
void read_head(int client) {
    std::string head;
    std::array<char, 256> buffer;
    while (head.find("\r\n\r\n") == std::string::npos) {
        const std::size_t count = receive(client, buffer);
        if (count == 0) return;
        head.append(buffer.data(), count);
    }
}

/// A server on a thread, which handles one client after the other.
class Script {
  public:
    explicit Script(std::function<void(int client)> handle)
        : listener_(listen_on("127.0.0.1", 0)), thread_([this, handle] {
              while (!stopping_) {
                  const UniqueFd client = accept_client(listener_.get(), Mode::blocking);
                  if (client)
                      handle(client.get());
                  else
                      std::this_thread::yield();
              }
          }) {}
    ~Script() {
        stopping_ = true;
        thread_.join();
    }
    int port() const { return local_port(listener_.get()); }

  private:
    UniqueFd listener_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

void answer(int client, const std::string& status, const std::string& body) {
    (void)send_all(client, "HTTP/1.1 " + status + "\r\nContent-Length: " +
                               std::to_string(body.size()) + "\r\n\r\n" + body);
}

/// Serves a client as the course's servers do.
void serve(int client, const std::string& answer_body = "{\"pk\": 1}") {
    read_head(client);
    (void)send_all(client, "HTTP/1.1 100 Continue\r\n\r\n");
    std::array<char, 4096> buffer;
    if (receive(client, buffer) > 0) answer(client, "200 OK", answer_body);
}

Workshop workshop_in(const testing::TemporaryDirectory& folder) {
    return {SIX_SERVERS_FOLDER, folder.path()};
}

}  // namespace

TEST_CASE("clients whom nobody accepts are in line, and never served", "[bench][run]") {
    const UniqueFd listener = listen_on("127.0.0.1", 0);
    int most_outside = 0;
    const RunFigures figures =
        run_against(local_port(listener.get()), little_load(), [&](const Moment& moment) {
            most_outside = std::max(most_outside, moment.outside);
            CHECK(moment.in_service == 0);
        });
    CHECK(most_outside == 20);
    CHECK(figures.most_in_service == 0);
    CHECK(figures.served == 0);
    CHECK(figures.refused == 0);
    CHECK(figures.latency.count() == 0);
}

TEST_CASE("where nobody listens, everybody is refused", "[bench][run]") {
    UniqueFd listener = listen_on("127.0.0.1", 0);
    const int port = local_port(listener.get());
    listener.close();
    const RunFigures figures = run_against(port, little_load());
    CHECK(figures.refused == 10);
    CHECK(figures.served == 0);
}

TEST_CASE("what is answered at once with 503 was not served", "[bench][run]") {
    const Script server{[](int client) {
        read_head(client);
        answer(client, "503 Service Unavailable", "{\"error\": \"busy\"}");
    }};
    const RunFigures figures = run_against(server.port(), little_load());
    CHECK(figures.refused == 10);
    CHECK(figures.most_in_service == 0);
}

TEST_CASE("an answer without the item's number was not served", "[bench][run]") {
    const Script server{[](int client) { serve(client, "{\"ok\": true}"); }};
    Load load = little_load();
    load.pause = 0s;
    load.window = 0.05s;
    const RunFigures figures = run_against(server.port(), load);
    CHECK(figures.refused == 5);
    CHECK(figures.served == 0);
}

TEST_CASE("a server that serves one at a time is seen to do so", "[bench][run]") {
    const Script server{[](int client) { serve(client); }};
    const RunFigures figures = run_against(server.port(), little_load());
    CHECK(figures.most_in_service == 1);
    CHECK(figures.served >= 1);
    CHECK(figures.served < 10);  // ten pauses are longer than the run
    CHECK(figures.refused == 0);
}

TEST_CASE("latency counts from when a client should have come", "[bench][run]") {
    // The first client holds the server up. The others come meanwhile and wait; a generator
    // that waited for the answer before it sends the next one would see one slow answer
    // only.
    bool first = true;
    const Script server{[&](int client) {
        if (std::exchange(first, false)) std::this_thread::sleep_for(200ms);
        serve(client);
    }};
    Load load = little_load();
    load.pause = 0s;
    load.window = 0.1s;
    load.patience = 5s;
    const RunFigures figures = run_against(server.port(), load);
    REQUIRE(figures.served == 10);
    CHECK(figures.latency.max() >= 200ms);
    CHECK(figures.latency.percentile(1) >= 100ms);  // the last one came at 90 ms
}

TEST_CASE("a client's own pause is not part of its latency", "[bench][run]") {
    const Script server{[](int client) { serve(client); }};
    Load load = little_load();
    load.rate = 1;
    load.pause = 1s;
    load.window = 1s;
    load.patience = 10s;
    const RunFigures figures = run_against(server.port(), load);
    REQUIRE(figures.served == 1);
    CHECK(figures.latency.max() < 1s);
}

TEST_CASE("in a closed loop a client comes again when it was answered", "[bench][run]") {
    const Script server{[](int client) { serve(client); }};
    Load load = little_load();
    load.loop = Load::Loop::closed;
    load.clients = 2;
    load.pause = 0s;
    const RunFigures figures = run_against(server.port(), load);
    CHECK(figures.served == 2);
    CHECK(figures.saved_in_window > 2);
    CHECK(figures.latency.count() == static_cast<std::uint64_t>(figures.saved_in_window));
}

TEST_CASE("a server that ends in the middle breaks no run", "[bench][run]") {
    int clients = 0;
    const Script server{[&](int client) {
        read_head(client);
        if (++clients % 2 == 0) (void)send_all(client, "HTTP/1.1 100 Continue\r\n\r\n");
    }};
    const RunFigures figures = run_against(server.port(), little_load());
    CHECK(figures.refused == 10);
    CHECK(figures.served == 0);
}

TEST_CASE("SIGINT ends a run at once", "[bench][run]") {
    const UniqueFd listener = listen_on("127.0.0.1", 0);
    Load load = little_load();
    load.window = 3600s;
    const Watcher interrupt = [](const Moment& moment) {
        if (moment.outside > 0) ::kill(::getpid(), SIGINT);
    };
    CHECK_THROWS_AS(run_against(local_port(listener.get()), load, interrupt), Interrupted);
}

TEST_CASE("the same clients: 01 serves one at a time, 04 all of them",
          "[bench][run][servers]") {
    const testing::TemporaryDirectory folder;
    const StopSignal stop;
    Load load = little_load();
    const auto rungs = rungs_of({"01", "04"});
    const Result one = measure(rungs[0], load, workshop_in(folder), stop, nobody_watches);
    load.patience = 10s;  // as much as a busy machine may take
    const Result all = measure(rungs[1], load, workshop_in(folder), stop, nobody_watches);
    INFO(one.failure << all.failure);
    CHECK(one.at_once == 1);
    CHECK(one.never_served() > 0);
    CHECK(all.at_once > 1);
    CHECK(all.never_served() == 0);
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a server that is not there is named, and no exception", "[bench][run]") {
    const testing::TemporaryDirectory folder;
    const StopSignal stop;
    const Rung rung{"09", "09 nothing", "09_nothing", {}};
    const Result result =
        measure(rung, little_load(), workshop_in(folder), stop, nobody_watches);
    CHECK(result.failure.find("09_nothing") != std::string::npos);
    CHECK(result.name == "09 nothing");
}

TEST_CASE("a trace tells what requests wait for", "[bench][run][servers]") {
    const testing::TemporaryDirectory folder;
    const StopSignal stop;
    const auto shares = measure_shares(rungs_of({"04"})[0], little_load(),
                                       workshop_in(folder), stop, nobody_watches);
    REQUIRE(shares);
    const double all = shares->client + shares->database + shares->cpu;
    CHECK((all > 99.9 && all < 100.1));
    CHECK(shares->client > 50);  // of 100 ms they wait for the client, at least
    CHECK(shares->database > 0);
    CHECK(shares->cpu > 0);
}
