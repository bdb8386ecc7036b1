// The whole program, as `./course bench` runs it, for a moment.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "05_coroutines/frame_pool.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/files.hpp"
#include "common/testing/server_process.hpp"

using six::testing::Deadline;
using six::testing::Exit;
using six::testing::Launch;
using six::testing::read_file;
using six::testing::ServerProcess;
using six::testing::TemporaryDirectory;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

ServerProcess start(const TemporaryDirectory& folder, std::vector<std::string> options) {
    options.insert(options.end(), {"--report", folder.file("page.html")});
    options.insert(options.end(), {"--json", folder.file("results.json")});
    return ServerProcess(Launch{SIX_BENCH_PATH, std::move(options)});
}

std::vector<std::string> little(std::vector<std::string> options) {
    options.insert(options.end(), {"--rounds", "1", "--seconds", "0.1"});
    return options;
}

}  // namespace

TEST_CASE("the benchmark measures, prints, and writes its results", "[bench][speed]") {
    const TemporaryDirectory folder;
    ServerProcess bench =
        start(folder,
              little({"--what", "health", "--servers", "limit,04", "--connections", "8"}));
    REQUIRE(bench.wait_for_exit(Deadline(60s)) == Exit{});
    CHECK(bench.stderr_text().empty());
    CHECK(bench.stdout_text().find("04 event loop") != std::string::npos);

    const auto results = nlohmann::json::parse(read_file(folder.file("results.json")));
    REQUIRE(results["matches"].size() == 1);
    const auto& rows = results["matches"][0]["rows"];
    REQUIRE(rows.size() == 2);
    for (const auto& row : rows) {
        CHECK(row["missing"] == "");
        CHECK(row["per_second"] > 0);
        CHECK(row["refused"] == 0);
        CHECK(row["broken"] == 0);
        CHECK(row["us_to_base"]["median"] > 0);
    }
    CHECK(rows[0]["to_base"]["median"] == 1.0);
    const std::string page = read_file(folder.file("page.html"));
    CHECK(page.find("\"per_second\"") != std::string::npos);
    CHECK(page.find("src=") == std::string::npos);  // nothing is loaded
}

TEST_CASE("the benchmark saves on disk, too", "[bench][speed]") {
    const TemporaryDirectory folder;
    ServerProcess bench = start(
        folder, little({"--what", "post", "--servers", "05,06", "--connections", "4"}));
    REQUIRE(bench.wait_for_exit(Deadline(60s)) == Exit{});
    const auto results = nlohmann::json::parse(read_file(folder.file("results.json")));
    REQUIRE(results["matches"].size() == 1);
    CHECK(results["matches"][0]["base"] == "05");
    CHECK(results["matches"][0]["rows"][1]["refused"] == 0);
    CHECK(results["meanwhile"][0]["p99_us"] > 0);
}

TEST_CASE("the benchmark asks 03 while others save, in both ways", "[bench][speed]") {
    const TemporaryDirectory folder;
    ServerProcess bench =
        start(folder, {"--what", "post", "--servers", "03,03_loop,03_pool", "--rounds", "3",
                       "--seconds", "0.4"});
    REQUIRE(bench.wait_for_exit(Deadline(60s)) == Exit{});
    CHECK(bench.stdout_text().find("03, saves on the loop") != std::string::npos);
    const auto results = nlohmann::json::parse(read_file(folder.file("results.json")));
    CHECK(results["matches"].empty());  // it is asked, not compared
    REQUIRE(results["meanwhile"].size() == 2);
    CHECK(results["meanwhile"][0]["key"] == "03_loop");
    CHECK(results["meanwhile"][1]["key"] == "03_pool");
    for (const auto& one : results["meanwhile"]) {
        CHECK(one["missing"] == "");
        CHECK(one["rounds"] == 3);
        CHECK(one["posts_per_second"] > 0);
        for (const std::string what :
             {"p50_us", "p99_us", "alone_p50_us", "alone_p99_us"}) {
            INFO(what);
            const auto& quartiles = one[what + "_quartiles"];
            CHECK(quartiles["low"] > 0);
            CHECK(quartiles["low"] <= one[what]);
            CHECK(quartiles["median"] == one[what]);
            CHECK(quartiles["high"] >= one[what]);
        }
    }
}

TEST_CASE("the benchmark measures those who wait", "[bench][speed]") {
    const TemporaryDirectory folder;
    ServerProcess bench = start(folder, little({"--what", "waiting", "--servers",
                                                "limit,02,06", "--connections", "100"}));
    REQUIRE(bench.wait_for_exit(Deadline(60s)) == Exit{});
    const auto results = nlohmann::json::parse(read_file(folder.file("results.json")));
    REQUIRE(results["holdings"].size() == 3);
    for (const auto& holding : results["holdings"]) CHECK(holding["missing"] == "");
    CHECK(results["holdings"][0]["body"].is_null());
    // A thread's stack. The kernel counts up to 64 pages late: of 20 threads too many.
    CHECK(results["holdings"][1]["idle"]["user"] > 1000);
    REQUIRE(results["waits"].size() == 1);
    CHECK(results["waits"][0]["rows"].size() == 3);
    for (const auto& row : results["waits"][0]["rows"]) {
        CHECK(row["missing"] == "");
        CHECK(row["refused"] == 0);
        CHECK(row["p50_us"] >= 50'000);
        CHECK(row["server_us"] > 0);
    }
}

TEST_CASE("with too few sockets for all at once, clients come for their server's turn",
          "[bench][speed]") {
    const TemporaryDirectory folder;
    ServerProcess bench(
        Launch{SIX_BENCH_PATH,
               {"--what", "health", "--servers", "limit,05,06", "--connections", "100,300",
                "--rounds", "2", "--seconds", "0.1", "--json", folder.file("results.json"),
                "--report", folder.file("page.html")},
               {},
               [] { six::testing::limit_descriptors(900); }});
    REQUIRE(bench.wait_for_exit(Deadline(60s)) == Exit{});
    const auto results = nlohmann::json::parse(read_file(folder.file("results.json")));
    REQUIRE(results["matches"].size() == 2);
    CHECK(results["matches"][0]["connected_anew"] == false);
    CHECK(results["matches"][1]["connected_anew"] == true);
    CHECK(results["matches"][1]["connections"] == 300);
    REQUIRE(results["matches"][1]["rows"].size() == 3);
    for (const auto& row : results["matches"][1]["rows"]) {
        CHECK(row["missing"] == "");
        CHECK(row["to_base"]["low"] > 0);  // in each round
        CHECK(row["refused"] == 0);
        CHECK(row["broken"] == 0);
    }
}

TEST_CASE("the benchmark measures the price of a coroutine", "[bench][speed]") {
    const TemporaryDirectory folder;
    ServerProcess bench =
        start(folder, {"--what", "coroutine", "--rounds", "2", "--seconds", "0.01"});
    REQUIRE(bench.wait_for_exit(Deadline(60s)) == Exit{});
    const auto results = nlohmann::json::parse(read_file(folder.file("results.json")));
    std::map<std::string, double> ns;
    for (const auto& price : results["prices"])
        ns[price["what"]] =
            std::max(ns[price["what"]], price["ns"]["median"].get<double>());
    if (!SIX_RECYCLE_FRAMES) {  // under a sanitizer there is nothing else to measure
        CHECK(ns.count("a child awaited, frame from malloc") == 1);
        return;
    }
    REQUIRE(ns.size() >= 9);
    CHECK(ns["a plain call"] < ns["a thread started and joined"]);
    CHECK(ns["a child awaited, frame recycled"] < ns["a switch of threads on one core"]);
}

TEST_CASE("the benchmark measures growth", "[bench][speed]") {
    const TemporaryDirectory folder;
    ServerProcess bench =
        start(folder, {"--what", "growth", "--servers", "04,06", "--connections", "2,4",
                       "--rounds", "1", "--seconds", "0.05"});
    REQUIRE(bench.wait_for_exit(Deadline(60s)) == Exit{});
    const auto results = nlohmann::json::parse(read_file(folder.file("results.json")));
    const auto& growth = results["growth"];
    REQUIRE(growth["matches"].size() == 2);
    for (const auto& match : growth["matches"])
        for (const auto& row : match["rows"]) CHECK(row["per_second"] > 0);
    CHECK(growth["timers"].back()["armed"] == 100'000);
}

TEST_CASE("an interrupted benchmark leaves no server and no file", "[bench][speed]") {
    const TemporaryDirectory folder;
    ServerProcess bench = start(folder, {"--servers", "limit,06", "--rounds", "1000"});
    const fs::path data = fs::path(SIX_BENCH_PATH).parent_path().parent_path() /
                          ("bench-data-" + std::to_string(bench.pid()));
    const auto runs = [&] {  // its database is there
        return fs::exists(data) && !fs::is_empty(data);
    };
    six::testing::wait_until("a server to run", runs);
    bench.signal(SIGINT);
    CHECK(bench.wait_for_exit(Deadline(30s)) == Exit{130, 0});
    CHECK_FALSE(fs::exists(data));
    CHECK_FALSE(fs::exists(folder.file("results.json")));
}

TEST_CASE("a bad option of the benchmark is one line, and status 2", "[bench][speed]") {
    const TemporaryDirectory folder;
    const std::vector<std::vector<std::string>> bad{
        {"--servers", "07"}, {"--rounds", "0"},      {"--seconds", "x"},
        {"--what", "all,"},  {"--connections", "0"}, {"stray"}};
    for (const auto& options : bad) {
        ServerProcess bench = start(folder, options);
        CHECK(bench.wait_for_exit() == Exit{2, 0});
        const std::string text = bench.stderr_text();
        CHECK(std::count(text.begin(), text.end(), '\n') == 1);
        CHECK(bench.stdout_text().empty());
    }
}

TEST_CASE("results that can't be written are told before measuring", "[bench][speed]") {
    ServerProcess bench(Launch{SIX_BENCH_PATH, {"--json", "/no/such/folder/x"}});
    CHECK(bench.wait_for_exit() == Exit{1, 0});
    CHECK(bench.stderr_text().find("cannot write") != std::string::npos);
}
