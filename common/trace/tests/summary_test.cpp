// Reading traces again, whole and broken ones, and adding up what requests waited for.
#include "common/trace/summary.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/temporary_directory.hpp"
#include "common/trace/trace_file.hpp"

using Catch::Matchers::ContainsSubstring;
using six::testing::TemporaryDirectory;
using six::trace::Entry;
using six::trace::Event;
using six::trace::State;
using six::trace::TraceFile;
using six::trace::Where;
using namespace std::chrono_literals;

namespace {

/// Two requests, one of them finished.
const std::vector<Event> two_requests = {
    {1, 10ns, Where::current(), 1, State::accepted},
    {1, 1'000ns, Where::current(), 1, State::waiting_for_body},
    {2, 2'500ns, Where::current(), 2, State::accepted},
    {1, 3'000'000'001ns, Where::current(), 12, State::done},
};

std::string write_trace(const std::string& path, const std::vector<Event>& events) {
    TraceFile file{path, "01_blocking"};
    for (const Event& event : events) file.add(event);
    file.add_end();
    REQUIRE(file.write());
    return path;
}

bool same(const Entry& entry, const Event& event) {
    return entry.request == event.request && entry.time == event.time &&
           entry.state == event.state && entry.thread == event.thread &&
           entry.line == event.where.line() &&
           entry.file == "common/trace/tests/summary_test.cpp";
}

Entry entry(std::uint64_t request, State state, std::chrono::nanoseconds time) {
    return {.request = request, .state = state, .time = time, .file = {}};
}

}  // namespace

TEST_CASE("a trace is read as it was written", "[trace]") {
    const TemporaryDirectory directory;
    const auto entries =
        six::trace::read(write_trace(directory.file("trace.json"), two_requests));
    REQUIRE(entries.size() == two_requests.size());
    CHECK(std::ranges::equal(entries, two_requests, same));
}

TEST_CASE("a trace that breaks off anywhere is read up to there", "[trace]") {
    const TemporaryDirectory directory;
    const std::string file = write_trace(directory.file("trace.json"), two_requests);
    std::ifstream stream(file);
    const std::string whole{std::istreambuf_iterator<char>(stream), {}};

    std::size_t most = 0;
    for (std::size_t length = 2; length <= whole.size(); ++length) {
        const std::string cut = directory.file("cut.json");
        std::ofstream(cut) << whole.substr(0, length);
        const auto entries = six::trace::read(cut);
        REQUIRE(entries.size() >= most);
        most = entries.size();
        REQUIRE(std::equal(entries.begin(), entries.end(), two_requests.begin(), same));
    }
    CHECK(most == two_requests.size());
}

TEST_CASE("what is no trace is refused", "[trace]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("poem.txt");
    CHECK_THROWS_WITH(six::trace::read(file),
                      ContainsSubstring("can't read") && ContainsSubstring(file));
    std::ofstream(file) << "{}\n";
    CHECK_THROWS_WITH(six::trace::read(file), ContainsSubstring("is no trace"));
}

TEST_CASE("the time of a request is added up by what it waited for", "[trace]") {
    const std::vector<Entry> entries = {
        entry(1, State::accepted, 1s),
        entry(1, State::waiting_for_head, 2s),       // 1 s in line
        entry(2, State::waiting_for_head, 3s),       // another connection, later unfinished
        entry(1, State::running, 4s),                // 2 s for the client
        entry(1, State::waiting_for_body, 8s),       // 4 s on the CPU
        entry(1, State::running, 16s),               // 8 s for the client
        entry(1, State::waiting_for_database, 32s),  // 16 s on the CPU
        entry(2, State::running, 33s),
        entry(1, State::running, 64s),   // 32 s for the database
        entry(1, State::writing, 128s),  // 64 s on the CPU
        entry(1, State::done, 256s),     // 128 s for the client
        entry(3, State::waiting_for_head, 300s),
        entry(3, State::done, 300s + 500ms),  // half a second for the client
    };
    const six::trace::Shares shares = six::trace::shares(entries);
    CHECK(shares.requests == 2);
    CHECK(shares.in(State::waiting_for_body) == 8s);
    CHECK(shares.in(State::done) == 0s);
    CHECK(shares.client() == 2s + 8s + 128s + 500ms);
    CHECK(shares.database() == 32s);
    CHECK(shares.cpu() == 1s + 4s + 16s + 64s);
    CHECK(shares.total() == 255s + 500ms);
}

TEST_CASE("no request, no time", "[trace]") {
    const six::trace::Shares shares = six::trace::shares({});
    CHECK(shares.requests == 0);
    CHECK(shares.total() == 0s);
}
