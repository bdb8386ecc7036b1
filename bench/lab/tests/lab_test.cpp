// What the lab finds in the servers, and that it would find worse.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "bench/lab/crash_faults.hpp"
#include "bench/lab/faults_compare.hpp"
#include "bench/lab/faults_output.hpp"
#include "bench/lab/subject.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/files.hpp"
#include "common/testing/skip.hpp"

using namespace six::lab;
using six::testing::Deadline;
using six::testing::Exit;
using six::testing::is_sanitized;
using six::testing::report_skip;
using six::testing::report_skip_always;
using six::testing::ServerProcess;
using six::testing::TemporaryDirectory;
using six::testing::wait_until;
namespace fs = std::filesystem;

namespace {

Server server(const std::string& name, std::vector<std::string> options = {}) {
    return {name.substr(0, 2), std::string(SIX_SERVERS_FOLDER) + "/" + name,
            std::move(options)};
}

/// So that nobody takes it for proven.
Verdict tell_if_skipped(Verdict verdict) {
    if (verdict.skipped && is_sanitized())  // then there is no shim
        report_skip_always(verdict.says);
    else if (verdict.skipped)
        report_skip(verdict.says);
    return verdict;
}

Verdict verdict(const std::string& fault, const Server& server) {
    const auto all = all_faults();
    const auto found = std::ranges::find(all, fault, &Fault::name);
    REQUIRE(found != all.end());
    return tell_if_skipped(run(*found, server));
}

/// 06 must be good at it.
void check_full_server(const std::string& fault, std::vector<std::string> options = {}) {
    const Verdict result = verdict(fault, server("06_full_server", std::move(options)));
    INFO(fault << ": " << result.word << ": " << result.says);
    CHECK(result.good);
}

/// None of the six may spin, and all who serve several clients at a time must be good at
/// it.
void check_backs_off(const std::string& fault) {
    for (const char* name : {"01_blocking", "02_threads", "03_callbacks", "04_event_loop",
                             "05_coroutines", "06_full_server"}) {
        const Verdict result = verdict(fault, server(name));
        INFO(fault << " in " << name << ": " << result.word << ": " << result.says);
        CHECK(result.word != "error");
        CHECK(result.says.find("spins") == std::string::npos);
        CHECK((result.good || name == std::string("01_blocking")));
    }
}

/// The word for it is one of these, or the fault can't be done here.
void check_word(const std::string& fault, const Server& server, const std::string& word) {
    const Verdict result = verdict(fault, server);
    INFO(fault << " in " << server.number << ": " << result.says);
    if (!result.skipped) CHECK(result.word == word);
}

std::string record(JournalRecord::Kind kind, std::int64_t offset,
                   const std::string& data = "") {
    const JournalRecord head{kind, DatabaseFile::log, offset,
                             static_cast<std::int64_t>(data.size())};
    std::array<char, sizeof head> bytes{};
    std::memcpy(bytes.data(), &head, sizeof head);
    return std::string(bytes.data(), bytes.size()) + data;
}

}  // namespace

// --- 06, and every fault ---

TEST_CASE("slow clients are told to go, and nobody else notices them", "[lab]") {
    for (const char* fault : {"slow-head", "slow-body"})
        check_word(fault, server("06_full_server"), "408");
    check_word("slow-reader", server("06_full_server"), "cut");
}

TEST_CASE("slow clients that have taken all descriptors give them back", "[lab]") {
    check_full_server("slow-crowd");
}

TEST_CASE("a client that ends its side still gets its answer", "[lab]") {
    check_full_server("half-close");
}

TEST_CASE("a reset, wherever it comes, hurts nobody else and leaks nothing", "[lab]") {
    check_full_server("reset");
}

TEST_CASE("without descriptors those who are there are served, and later all", "[lab]") {
    check_backs_off("descriptors");
}

TEST_CASE("a server that can't accept pauses, and goes on when it can", "[lab]") {
    check_backs_off("accept");
}

TEST_CASE("a disk that refuses costs those who save a 503, and loses nothing", "[lab]") {
    for (const char* fault : {"write-enospc", "write-eio", "sync-eio"})
        check_full_server(fault);
}

TEST_CASE("a disk that is full costs those who save a 503, and loses nothing", "[lab]") {
    check_full_server("disk-full");
}

TEST_CASE("a database that another program keeps costs those who save a 503", "[lab]") {
    check_word("locked", server("06_full_server"), "503");
}

TEST_CASE("a disk that is slow is slow once for all who save at the same time", "[lab]") {
    check_full_server("slow-disk");
}

TEST_CASE("a clock that jumps is no matter for deadlines", "[lab]") {
    check_full_server("clock");
}

TEST_CASE("an acknowledged item survives a kill", "[lab]") {
    for (const char* loops : {"1", "3"}) check_full_server("sigkill", {"--loops", loops});
}

TEST_CASE("what is in flight is answered before the server ends, and is saved", "[lab]") {
    for (const char* loops : {"1", "3"}) check_full_server("sigterm", {"--loops", loops});
}

TEST_CASE("an acknowledged item survives a power loss", "[lab]") {
    for (const char* loops : {"1", "3"})
        check_full_server("power-loss", {"--loops", loops});
}

TEST_CASE("who is cut off in flight is noticed", "[lab]") {
    const Verdict result =  // it has no time to finish anything
        verdict("sigterm", server("06_full_server", {"--drain-timeout", "0"}));
    INFO(result.word << ": " << result.says);
    CHECK_FALSE(result.good);
}

TEST_CASE("a fault that doesn't reach the server is an error, and not a verdict", "[lab]") {
    const Fault fault{
        "", "", "", [](Subject& subject) {
            subject.use_database(":memory:");  // which has no disk
            const auto all = all_faults();
            return std::ranges::find(all, "write-eio", &Fault::name)->run(subject);
        }};
    const Verdict result = run(fault, server("06_full_server"));
    INFO(result.word << ": " << result.says);
    if (result.says.starts_with("needs LD_PRELOAD"))
        tell_if_skipped(result);
    else
        CHECK(result.word == "error");
}

TEST_CASE("no fault is left out of these tests", "[lab]") {
    CHECK(all_faults().size() == 18);
}

// --- the other five: what their lessons say ---

TEST_CASE("one client at a time: a slow one stalls all others", "[lab]") {
    for (const char* fault : {"slow-head", "slow-body", "slow-reader"})
        check_word(fault, server("01_blocking"), "stalls");
}

TEST_CASE("a pool that is full of slow clients stalls all others", "[lab]") {
    check_word("slow-head", server("02_threads", {"--model", "pool", "--threads", "8"}),
               "stalls");
}

TEST_CASE("without deadlines a slow client keeps its place", "[lab]") {
    check_word("slow-head", server("05_coroutines"), "kept");
    check_word("slow-crowd", server("05_coroutines"), "stalls");
}

TEST_CASE("savers who go to a slow disk one by one wait for all before them", "[lab]") {
    check_word("slow-disk", server("05_coroutines"), "stalls");
}

// --- the lab itself ---

TEST_CASE("a disk that lies is found out: an acknowledged item is lost", "[lab]") {
    const Fault fault{"", "", "",
                      [](Subject& subject) { return power_loss(subject, true); }};
    const Verdict result = tell_if_skipped(run(fault, server("06_full_server")));
    INFO(result.says);
    if (!result.skipped) CHECK(result.word == "lost");
}

TEST_CASE("a server that dies is found out", "[lab]") {
    const Fault fault{"", "", "", [](Subject& subject) {
                          subject.start();
                          subject.kill();
                          Observed seen;
                          subject.check_recovery(seen);
                          return seen;
                      }};
    CHECK(run(fault, server("06_full_server")).word == "dies");
}

TEST_CASE("a server that can't be started is an error, and not a verdict", "[lab]") {
    const Verdict result = verdict("slow-head", server("06_full_server", {"--nonsense"}));
    CHECK(result.word == "error");
    CHECK_FALSE(result.good);
}

TEST_CASE("the worst that was seen is the verdict", "[lab]") {
    Observed seen;
    CHECK(judge(seen).word == "held");
    seen.fate = "408";
    CHECK(judge(seen).good);
    CHECK(judge(seen).word == "408");
    seen.leaks = true;
    CHECK(judge(seen).word == "leaks");
    seen.fair = false;
    CHECK(judge(seen).word == "408");
    CHECK_FALSE(judge(seen).good);
    seen.others = false;
    CHECK(judge(seen).word == "stalls");
    seen.lost = 1;
    CHECK(judge(seen).word == "lost");
    seen.alive = false;
    CHECK(judge(seen).word == "dies");
}

TEST_CASE("after power loss a file has what was written before a sync began", "[lab]") {
    using Kind = JournalRecord::Kind;
    const std::string journal = record(Kind::write, 0, "hello") +
                                record(Kind::write, 3, "p!") + record(Kind::sync, 2) +
                                record(Kind::write, 0, "J") + record(Kind::truncate, 1);
    CHECK(synced_bytes(journal, DatabaseFile::log) == "help!");
    CHECK(synced_bytes(journal, DatabaseFile::main).empty());
    const std::string synced = journal + record(Kind::sync, 5);
    CHECK(synced_bytes(synced, DatabaseFile::log) == "J");
    CHECK(synced_bytes(synced.substr(0, synced.size() - 1), DatabaseFile::log) == "help!");
}

TEST_CASE("a signal ends the program, and nothing is left behind", "[lab]") {
    const TemporaryDirectory directory;
    ServerProcess program{{.program = std::string(SIX_SERVERS_FOLDER) + "/break",
                           .arguments = {"06", "--only", "slow-head"},
                           .environment = {{"TMPDIR", directory.path().string()}}}};
    wait_until("a database", [&] {
        for (const auto& entry : fs::recursive_directory_iterator(
                 directory.path(), fs::directory_options::skip_permission_denied))
            if (entry.path().filename() == "items.db") return true;
        return false;
    });
    program.signal(SIGINT);
    CHECK(program.wait_for_exit().status == 128 + SIGINT);
    wait_until("the files to be gone", [&] { return fs::is_empty(directory.path()); });
}

TEST_CASE("a wrong option is refused in one line", "[lab]") {
    for (const char* wrong : {"--nonsense", "07", "--only=x", "--json", "--compare"}) {
        ServerProcess program{
            {std::string(SIX_SERVERS_FOLDER) + "/break", {wrong}, {}, {}}};
        CHECK(program.wait_for_exit() == Exit{2});
        CHECK(program.stderr_text().starts_with("break: "));
    }
}

TEST_CASE("a sentence is broken at spaces", "[lab]") {
    CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
    CHECK(wrapped("incomprehensible", 6) ==
          std::vector<std::string>{"incomp", "rehens", "ible"});
    CHECK(wrapped("short", 80) == std::vector<std::string>{"short"});
}

TEST_CASE("what was seen is kept as JSON", "[lab]") {
    const Row row{"a", "A", "it \"breaks\"", {{"01", {"held", true, false, "well"}}}};
    const std::string json = to_json("break --only a", "2000-01-01", {row});
    CHECK(json.find(R"("does": "it \"breaks\"")") != json.npos);
    CHECK(json.find(R"({"server": "01", "word": "held", "good": true, "says": "well"})") !=
          json.npos);
}

TEST_CASE("what differs from the recording is told, cell by cell", "[lab]") {
    const auto row = [](const Verdict& one, const Verdict& six) {
        return Row{"reset", "resets", "", {{"01", one}, {"06", six}}};
    };
    const Verdict held{"held", true, false, "in 2 ms"};
    const std::string recorded = to_json("", "", {row(held, held)});
    const Verdict slower{"held", true, false, "in 9 ms"};
    CHECK(differences({row(held, slower)}, recorded).empty());
    CHECK(differences({row(held, {"dies", false, false, ""})}, recorded) ==
          std::vector<std::string>{"reset in 06: dies (bad), recorded: held (good)"});
    CHECK(differences({row({"held", false, false, ""}, held)}, recorded) ==
          std::vector<std::string>{"reset in 01: held (bad), recorded: held (good)"});
    Row other = row(held, held);
    other.name = "new";
    CHECK(differences({other}, recorded) ==
          std::vector<std::string>{"new in 01: held (good), not recorded",
                                   "new in 06: held (good), not recorded"});
    CHECK(forgotten({"new", "reset"}, recorded).empty());
    CHECK(forgotten({"new"}, recorded) ==
          std::vector<std::string>{"reset was recorded, and there is no such fault"});
    CHECK_THROWS_AS(differences({}, "{}"), std::runtime_error);
    CHECK_THROWS_AS(differences({}, ""), std::runtime_error);
}

TEST_CASE("the program fails if a server doesn't do what was recorded", "[lab]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("faults.json");
    const auto half_close = [&](const std::string& option) {
        ServerProcess program{{std::string(SIX_SERVERS_FOLDER) + "/break",
                               {"06", "--only", "half-close", option, file},
                               {},
                               {}}};
        const Exit exit = program.wait_for_exit(Deadline(std::chrono::seconds(60)));
        return std::pair(exit, program.stderr_text());
    };
    REQUIRE(half_close("--json").first == Exit{0});
    CHECK(half_close("--compare").first == Exit{0});

    std::string text = six::testing::read_file(file);
    const auto word = text.find("\"served\"");
    REQUIRE(word != text.npos);
    std::ofstream(file) << text.replace(word, 8, "\"cut\"");
    const auto [exit, said] = half_close("--compare");
    CHECK(exit == Exit{1});
    CHECK(said == "break: half-close in 06: served (good), recorded: cut (good)\n");

    std::ofstream(file) << "nothing";
    CHECK(half_close("--compare").first == Exit{1});
}
