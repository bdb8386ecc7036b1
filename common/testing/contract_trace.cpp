// The contract: --trace FILE tells, for each request, what it waited for and at which line.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "common/testing/contract.hpp"
#include "common/testing/files.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;
using Json = nlohmann::json;
using States = std::vector<std::string>;

namespace {

/// The events of a trace that tell of a request, in order. Throws if the file is no JSON.
std::vector<Json> events_in(const std::string& file) {
    std::vector<Json> events;
    std::ifstream in(file);
    for (const Json& event : Json::parse(in))
        if (event.contains("args") && event["args"].contains("state"))
            events.push_back(event);
    return events;
}

States states_of(int request, const std::vector<Json>& events) {
    States states;
    for (const Json& event : events)
        if (event["args"]["request"] == request) states.push_back(event["args"]["state"]);
    return states;
}

/// Where the handler of the server under test stands: a file, as seen from the project's
/// root, and the lines of its region `save-item`.
struct Handler {
    std::string file;
    int first = 0;
    int last = 0;
};

/// Nothing if that server is none of the course's. Throws if its handler isn't found.
std::optional<Handler> find_handler() {
    const std::filesystem::path root = SIX_SOURCE_FOLDER;
    const std::string name = std::filesystem::path(subject().program).filename();
    Handler handler{name + "/server.cpp"};
    if (name == "05_on_asio") handler.file = "05_coroutines/on_asio.cpp";
    if (name == "06_full_server") handler.file = "06_full_server/worker.cpp";
    std::ifstream source(root / handler.file);
    if (!source) return std::nullopt;

    int number = 0;
    for (std::string line; std::getline(source, line) && handler.last == 0;) {
        ++number;
        if (line == "// #region save-item") handler.first = number;
        if (line == "// #endregion" && handler.first > 0) handler.last = number;
    }
    if (handler.last == 0) throw std::runtime_error("no handler in " + handler.file);
    return handler;
}

void end(Server& server) {
    server.signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == Exit{0});
}

}  // namespace

TEST_CASE("a trace tells what a saved item waited for", "[contract][trace]") {
    SIX_NEEDS_OWN_SERVER();
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    Server server({"--trace", file});
    Client client = server.connect();
    client.send(post_head(5, std::string(expect_continue).append(connection_close)));
    client.read_continue();
    client.send("hello");
    CHECK(client.read_response().status == 200);
    CHECK(client.read_until_end() == "");
    end(server);

    CHECK(states_of(1, events_in(file)) ==
          States{"accepted", "waiting for head", "running", "waiting for body", "running",
                 "waiting for database", "running", "writing", "done"});
}

TEST_CASE("a trace tells what a found item and a health check waited for",
          "[contract][trace]") {
    SIX_NEEDS_OWN_SERVER();
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    Server server({"--trace", file});
    for (const char* path : {"/items/1", "/health"}) {
        Client client = server.connect();
        client.send(request("GET", path, connection_close));
        client.read_response();
        CHECK(client.read_until_end() == "");
    }
    end(server);

    const std::vector<Json> events = events_in(file);
    CHECK(states_of(1, events) == States{"accepted", "waiting for head", "running",
                                         "waiting for database", "running", "writing",
                                         "done"});
    CHECK(states_of(2, events) ==
          States{"accepted", "waiting for head", "running", "writing", "done"});
}

TEST_CASE("each request of a connection has its own place in the trace",
          "[contract][trace][keep-alive]") {
    SIX_NEEDS_OWN_SERVER();
    SIX_NEEDS_KEEP_ALIVE();
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    Server server({"--trace", file});
    Client client = server.connect();
    client.send(get("/health"));
    CHECK(client.read_response().status == 200);
    client.send(request("GET", "/health", connection_close));
    CHECK(client.read_response().status == 200);
    CHECK(client.read_until_end() == "");
    end(server);

    const std::vector<Json> events = events_in(file);
    CHECK(states_of(1, events) ==
          States{"accepted", "waiting for head", "running", "writing", "done"});
    CHECK(states_of(2, events) == States{"waiting for head", "running", "writing", "done"});
}

TEST_CASE("the trace of a request that is cut off is whole",
          "[contract][trace][keep-alive]") {
    SIX_NEEDS_OWN_SERVER();
    SIX_NEEDS_KEEP_ALIVE();
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    Server server({"--trace", file, "--drain-timeout", "0.3"});
    Client client = server.connect();
    client.send(post_head(5, expect_continue));
    client.read_continue();
    end(server);  // and the body never came

    const States states = states_of(1, events_in(file));
    REQUIRE(states.size() >= 4);
    CHECK(States(states.begin(), states.begin() + 4) ==
          States{"accepted", "waiting for head", "running", "waiting for body"});
}

TEST_CASE(
    "a server for one request per connection, cut off in it, leaves a trace without end",
    "[contract][trace][one-request]") {
    SIX_NEEDS_OWN_SERVER();
    if (server_keeps_alive()) SIX_SKIP_ALWAYS("this server keeps connections alive");
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    Server server({"--trace", file, "--drain-timeout", "0.3"});
    Client client = server.connect();
    client.send(post_head(5, expect_continue));
    wait_until("the wait to be in the file", [&] {
        return read_file(file).find("waiting for body") != std::string::npos;
    });
    end(server);  // and the body never came

    std::ofstream(file, std::ios::app) << "]";  // nothing else is missing
    CHECK(states_of(1, events_in(file)) ==
          States{"accepted", "waiting for head", "running", "waiting for body"});
}

TEST_CASE("a trace names a line of source for each wait, and times that never go back",
          "[contract][trace]") {
    SIX_NEEDS_OWN_SERVER();
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    Server server({"--trace", file});
    for (int i = 0; i < 5; ++i) save(server, "an item");
    end(server);

    const std::vector<Json> events = events_in(file);
    REQUIRE(events.size() >= 5 * 9);
    double last = 0;
    for (const Json& event : events) {
        INFO(event.dump());
        CHECK(event["ts"].get<double>() >= last);
        last = event["ts"];
        CHECK(event["args"]["line"].get<int>() > 0);
        const std::string source = event["args"]["file"];
        CHECK(source.ends_with("pp"));  // .cpp or .hpp
    }
}

TEST_CASE("the waits of a handler are traced at their lines in it", "[contract][trace]") {
    SIX_NEEDS_OWN_SERVER();
    const std::optional<Handler> handler = find_handler();
    if (!handler) SIX_SKIP("this is none of the course's servers");
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    Server server({"--trace", file});
    save(server, "an item");
    end(server);

    States waits;
    for (const Json& event : events_in(file)) {
        const std::string state = event["args"]["state"];
        if (state != "waiting for body" && state != "waiting for database") continue;
        INFO(event.dump());
        waits.push_back(state);
        CHECK(event["args"]["file"] == handler->file);
        CHECK(event["args"]["line"] > handler->first);
        CHECK(event["args"]["line"] < handler->last);
    }
    CHECK(waits == States{"waiting for body", "waiting for database"});
}
