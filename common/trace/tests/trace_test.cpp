// What a recording leaves in its file: valid JSON, one track per request, no event lost.
// Read next: summary_test.cpp.
#include "common/trace/trace.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <future>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/deadline.hpp"
#include "common/testing/files.hpp"
#include "common/testing/temporary_directory.hpp"
#include "common/trace/summary.hpp"

using Catch::Matchers::ContainsSubstring;
using nlohmann::json;
using six::testing::read_file;
using six::testing::TemporaryDirectory;
using six::testing::wait_until;
using six::trace::Recording;
using six::trace::Request;
using six::trace::State;
using six::trace::Wait;
using six::trace::Where;

namespace {

/// Records what `work` does, and returns the file's events.
template <class Work>
json record(Work work) {
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    {
        const Recording recording{file, "01_blocking"};
        work();
    }
    return json::parse(read_file(file));
}

/// The events that a request's states have left, without what belongs to the format.
std::vector<json> states(const json& events) {
    std::vector<json> result;
    for (const json& event : events)
        if (event.contains("args") && event["args"].contains("state"))
            result.push_back(event["args"]);
    return result;
}

std::vector<std::string> state_names(const json& events) {
    std::vector<std::string> names;
    for (const json& state : states(events)) names.push_back(state["state"]);
    return names;
}

void serve(Request request) {
    for (const State state :
         {State::waiting_for_head, State::running, State::waiting_for_body, State::running,
          State::waiting_for_database, State::running, State::writing, State::done})
        request.enter(state);
}

/// Its name holds a character that JSON would stumble over.
template <char Nasty>
Request accept_in_nasty_function() {
    return Request::accepted(Where::current());
}

}  // namespace

TEST_CASE("an event says who, what, where and on which thread", "[trace]") {
    unsigned line = 0;
    const json events = record([&] {
        line = Where::current().line() + 1;
        const Request request = Request::accepted();
        request.enter(State::done);
    });
    const std::vector<json> recorded = states(events);
    REQUIRE(recorded.size() == 2);
    CHECK(recorded[0]["request"] == 1);
    CHECK(recorded[0]["state"] == "accepted");
    CHECK(recorded[0]["file"] == "common/trace/tests/trace_test.cpp");
    CHECK(recorded[0]["line"] == line);
    CHECK(recorded[0]["function"] != "");
    CHECK(recorded[0]["sequence"] == 1);
    CHECK(recorded[0]["thread"].get<int>() >= 1);
    CHECK(recorded[1]["state"] == "done");
    CHECK(recorded[1]["line"] == line + 1);
    CHECK(recorded[1]["sequence"] == 2);
    CHECK(recorded[1]["thread"] == recorded[0]["thread"]);
}

TEST_CASE("each state has the name that the lessons use", "[trace]") {
    const json events = record([] { serve(Request::accepted()); });
    CHECK(state_names(events) == std::vector<std::string>{"accepted", "waiting for head",
                                                          "running", "waiting for body",
                                                          "running", "waiting for database",
                                                          "running", "writing", "done"});
}

TEST_CASE("a request is one track, its states follow each other without a gap", "[trace]") {
    const json events = record([] {
        const Request first = Request::accepted();
        const Request second = Request::accepted();
        serve(first);
        serve(second);
        serve(Request::next());
    });
    std::map<int, std::string> open;  // by request: the slice that has begun
    std::map<int, json> ended;        // by request: the time at which the last one ended
    std::map<int, int> slices;
    json now = 0;
    for (const json& event : events) {
        const std::string kind = event["ph"];
        if (kind == "M") continue;
        CHECK(event["pid"] == 1);
        CHECK(event["ts"] >= now);
        now = event["ts"];
        const int request = event["tid"];
        if (kind == "E") {
            REQUIRE(open.contains(request));
            open.erase(request);
            ended[request] = now;
            continue;
        }
        CHECK(event["name"] == event["args"]["state"]);
        CHECK(event["args"]["request"] == request);
        REQUIRE(!open.contains(request));
        if (ended.contains(request)) CHECK(ended[request] == now);
        CHECK(kind == (event["name"] == "done" ? "i" : "B"));
        if (kind == "B") open[request] = event["name"];
        ++slices[request];
    }
    CHECK(open.empty());
    CHECK(slices == std::map<int, int>{{1, 9}, {2, 9}, {3, 8}});
}

TEST_CASE("process and tracks have names", "[trace]") {
    const json events = record([] { serve(Request::accepted()); });
    std::map<std::string, std::string> names;
    for (const json& event : events)
        if (event["ph"] == "M") names[event["name"]] = event["args"]["name"];
    CHECK(names == std::map<std::string, std::string>{{"process_name", "01_blocking"},
                                                      {"thread_name", "request 1"}});
}

TEST_CASE("requests are numbered from one in every recording", "[trace]") {
    for (int recording = 0; recording < 2; ++recording)
        record([] {
            CHECK(Request::accepted().number() == 1);
            CHECK(Request::next().number() == 2);
            CHECK(Request::accepted().number() == 3);
        });
}

TEST_CASE("a wait ends with its scope, by an exception too", "[trace]") {
    const json events = record([] {
        const Request request = Request::accepted();
        try {
            const Wait wait{request, State::waiting_for_body, Where::current()};
            throw 1;
        } catch (int) {
            request.enter(State::done);
        }
    });
    CHECK(state_names(events) ==
          std::vector<std::string>{"accepted", "waiting for body", "running", "done"});
}

TEST_CASE("any function's name is valid in the file", "[trace]") {
    const json events = record([] {
        accept_in_nasty_function<'"'>();
        accept_in_nasty_function<'\\'>();
        accept_in_nasty_function<'\n'>();
        accept_in_nasty_function<'}'>();
    });
    for (const json& state : states(events))
        CHECK_THAT(state["function"].get<std::string>(),
                   ContainsSubstring("accept_in_nasty_function"));
    CHECK(states(events).size() == 4);
}

TEST_CASE("any program's name is valid in the file", "[trace]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    { const Recording recording{file, "a \"name\"\twith\\trouble"}; }
    CHECK(json::parse(read_file(file))[0]["args"]["name"] == "a \"name\" with\\trouble");
}

TEST_CASE("a long recording is written piece by piece", "[trace]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    six::trace::start(file, "01_blocking");
    for (int piece = 1; piece <= 3; ++piece) {
        serve(Request::next());
        const std::string last = "\"sequence\":" + std::to_string(8 * piece) + "}";
        wait_until("a piece in the file",
                   [&] { return read_file(file).find(last) != std::string::npos; });
    }
    six::trace::stop();
    CHECK(states(json::parse(read_file(file))).size() == 3 * 8);
}

TEST_CASE("nothing is recorded unless asked for", "[trace]") {
    const Recording nothing{"", "01_blocking"};
    const Request request = Request::accepted();
    serve(request);
    CHECK(request.number() == 0);
    CHECK(Request::next().number() == 0);
    const json events = record([&] {
        serve(request);    // from before the recording
        serve(Request{});  // there is nothing to tell yet
    });
    CHECK(states(events).empty());
}

TEST_CASE("what comes after the end is not recorded", "[trace]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    six::trace::start(file, "01_blocking");
    const Request request = Request::accepted();
    six::trace::stop();
    serve(request);
    six::trace::stop();  // without effect
    CHECK(states(json::parse(read_file(file))).size() == 1);
}

TEST_CASE("a trace that can't be written is refused at the start", "[trace]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("missing/trace.json");
    CHECK_THROWS_WITH((Recording{file, "01_blocking"}),
                      ContainsSubstring(file) && ContainsSubstring("No such file"));
    CHECK(Request::accepted().number() == 0);
#ifdef __linux__
    CHECK_THROWS_WITH((Recording{"/dev/full", "01_blocking"}),
                      ContainsSubstring("No space left"));
#endif
}

TEST_CASE("threads that record at once lose nothing", "[trace]") {
    constexpr int threads = 8, requests = 500;
    const json events = record([] {
        std::vector<std::future<void>> running;
        for (int thread = 0; thread < threads; ++thread)
            running.push_back(std::async(std::launch::async, [] {
                for (int request = 0; request < requests; ++request)
                    serve(Request::accepted());
            }));
        for (auto& thread : running) thread.get();
    });
    std::map<int, std::string> order;  // by request: its states
    std::map<int, int> per_thread;
    int sequence = 0;
    for (const json& state : states(events)) {
        REQUIRE(state["sequence"] == ++sequence);
        order[state["request"]] += state["state"].get<std::string>() + ", ";
        ++per_thread[state["thread"]];
    }
    CHECK(order.size() == threads * requests);
    CHECK(order.begin()->first == 1);
    CHECK(order.rbegin()->first == threads * requests);
    CHECK(per_thread.size() == threads);
    for (const auto& [request, names] : order)
        REQUIRE(names ==
                "accepted, waiting for head, running, waiting for body, running, "
                "waiting for database, running, writing, done, ");
}

TEST_CASE("a killed server leaves a file that can be read", "[trace]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("trace.json");
    std::cout.flush();
    const pid_t child = ::fork();
    if (child == 0) {
        six::trace::start(file, "01_blocking");
        const Request request = Request::accepted();
        serve(request);
        Request::next().enter(State::waiting_for_head);
        for (;;) ::pause();
    }
    const auto all_written = [&] {
        return std::filesystem::exists(file) &&
               read_file(file).find("\"sequence\":10") != std::string::npos;
    };
    try {
        wait_until("the events in the file", all_written);
    } catch (const std::exception& error) {
        ::kill(child, SIGKILL);
        FAIL(error.what());
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);

    const auto entries = six::trace::read(file);
    REQUIRE(entries.size() == 10);
    CHECK(entries.back().state == State::waiting_for_head);
    // Chrome's format allows the last bracket to be missing; nothing else is.
    CHECK(states(json::parse(read_file(file) + "]")).size() == 10);
}
