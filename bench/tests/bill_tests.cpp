#include "bench/bill.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "bench/report.hpp"
#include "bench/tests/approx.hpp"
#include "bench/tests/samples.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/skip.hpp"

using namespace six::bench;

namespace {

/// Nothing of it binds with `thread_each`, until a test makes it.
Application modest() {
    Application application;
    application.requests_per_second = 1'000;
    application.waiting_ms = 1'000;
    application.cpu_ms = 0;
    application.process_mib = 0;
    application.machine_memory_gib = 1'000;
    application.machine_cores = 1'000;
    application.machine_threads = 1'000'000;
    application.machine_connections = 1'000'000;
    application.machine_price = 50;
    application.filled = 0.5;
    return application;
}

Bill bill_of(const Result& server, const Application& application) {
    const auto bill = bill_for(server, application);
    REQUIRE(bill);
    return *bill;
}

}  // namespace

TEST_CASE("at least one server is needed", "[bench][bill]") {
    const Bill bill = bill_of(thread_each(), modest());
    CHECK(bill.servers == 1);
    CHECK(bill.monthly == 50);
    CHECK(bill.binding.servers < 1);
}

TEST_CASE("requests under way at once are those that come while one is", "[bench][bill]") {
    Application application = modest();
    application.waiting_ms = 2'000;
    application.cpu_ms = 99.6;  // and 0.4 of the server
    CHECK(bill_of(thread_each(), application).at_once == Approx(1'000 * 2.1));
}

TEST_CASE("memory binds: a process for so many clients, and the kernel's part",
          "[bench][bill]") {
    Application application = modest();
    application.process_mib = 9;
    application.machine_memory_gib = 1;
    const Bill bill = bill_of(one_at_a_time(), application);
    const double process = 1'000 + 64 + 16 + 9 * 1024;  // KiB, shared pages not in it
    CHECK(bill.kib_per_client == Approx(process + 8));
    CHECK(bill.processes == 1'001);  // 1,000.4 clients, one in each
    CHECK(bill.binding.resource == "memory");
    CHECK(bill.binding.servers == Approx(1'000.4 * (process + 8) / (0.5 * 1024 * 1024)));
    CHECK(bill.servers == 20);
    CHECK(bill.monthly == 1'000);
}

TEST_CASE("threads bind", "[bench][bill]") {
    Application application = modest();
    application.machine_threads = 100;
    const Bill bill = bill_of(thread_each(), application);
    CHECK(bill.binding.resource == "threads");
    CHECK(bill.binding.servers == Approx(1'000.4 * 5'001 / 5'000 / 100));
    CHECK(bill.servers == 11);
}

TEST_CASE("connections bind", "[bench][bill]") {
    Application application = modest();
    application.machine_connections = 300;
    const Bill bill = bill_of(thread_each(), application);
    CHECK(bill.binding.resource == "connections");
    CHECK(bill.servers == 4);
}

TEST_CASE("the CPU binds: the server's time and one's own", "[bench][bill]") {
    Application application = modest();
    application.cpu_ms = 3.6;
    application.machine_cores = 2;
    const Bill bill = bill_of(thread_each(), application);
    CHECK(bill.binding.resource == "CPU");
    CHECK(bill.binding.servers == Approx(1'000 * 4.0 / 1'000 / (2 * 0.5)));
    CHECK(bill.servers == 4);
}

TEST_CASE("there is no bill for a server that served nobody", "[bench][bill]") {
    CHECK_FALSE(bill_for(missing(), {}));
    Result unread = thread_each();
    unread.cpu_ms_per_request.reset();
    CHECK_FALSE(bill_for(unread, {}));
}

TEST_CASE("the report's sliders use the same formula", "[bench][bill][node]") {
    if (std::system("node --version >/dev/null 2>&1") != 0)
        SIX_SKIP("Node.js is not there");
    const six::testing::TemporaryDirectory folder;
    const std::string script = folder.file("bill.js");
    for (const Application& application : {Application{}, modest()}) {
        std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{
            std::fopen(script.c_str(), "w"), std::fclose};
        REQUIRE(file);
        const std::string page = report(some_results(), application);
        const std::size_t begin = page.find("'use strict'");
        const std::size_t end = page.find("// Plots as SVG");
        const std::string text =
            page.substr(begin, end - begin) + "const results = " + to_json(some_results()) +
            "; const application = " + to_json(application) +
            ";\nfor (const server of results.loads[0].servers.slice(0, 2)) {"
            " const b = billFor(server, application);"
            " console.log(b.servers, b.binding, b.needs[b.binding].toPrecision(10)); }";
        REQUIRE(std::fputs(text.c_str(), file.get()) >= 0);
        file.reset();

        std::unique_ptr<std::FILE, int (*)(std::FILE*)> out{
            ::popen(("node " + script).c_str(), "r"), ::pclose};
        for (const Result& server : {one_at_a_time(), thread_each()}) {
            int servers = 0;
            std::array<char, 32> binding{};
            double need = 0;
            REQUIRE(std::fscanf(out.get(), "%d %31s %lf", &servers, binding.data(),
                                &need) == 3);
            const Bill bill = bill_of(server, application);
            CHECK(servers == bill.servers);
            CHECK(binding.data() == bill.binding.resource);
            CHECK(need == Approx(bill.binding.servers));
        }
    }
}
