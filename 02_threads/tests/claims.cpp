// What chapter 02 claims of its two models.
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "01_blocking/socket.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/sanitized.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/skip.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;

namespace {

ServerProcess start(std::vector<std::string> options) {
    options.insert(options.end(), {"--database", ":memory:"});
    return start_server(SIX_SERVER_PATH, options);
}

ServerProcess start_pool(int threads, int queue) {
    return start({"--model", "pool", "--threads", std::to_string(threads), "--queue",
                  std::to_string(queue)});
}

#ifdef __linux__  // elsewhere a thread's stack is none of RLIMIT_STACK's business
constexpr bool threads_can_run_out = !sanitized;
#else
constexpr bool threads_can_run_out = false;
#endif

/// For `Launch::in_child`: room for a few threads. (RLIMIT_NPROC, which counts threads, is
/// none for root.)
void leave_room_for_few_threads() {
    constexpr rlim_t mib = 1024 * 1024;
    const rlimit stack{256 * mib, 256 * mib};  // so much each thread reserves
    const rlimit all{1024 * mib, 1024 * mib};
    ::setrlimit(RLIMIT_STACK, &stack);
    ::setrlimit(RLIMIT_AS, &all);
}

/// What the stacks take that all threads of this machine have in the kernel (proc(5)).
long kernel_stacks_kib() {
    std::ifstream file("/proc/meminfo");
    std::string word;
    while (file >> word && word != "KernelStack:") {}
    long kib = 0;
    return file >> kib ? kib : 0;
}

const std::string head_of_hello =
    "POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n"
    "Expect: 100-continue\r\n\r\n";

/// True if a thread waits for its body; false if it got 503.
bool is_in_service(Client& client) {
    try {
        client.read_continue();
        return true;
    } catch (const WaitFailed& other) {
        CHECK_THAT(other.what(), Catch::Matchers::ContainsSubstring("answer was 503"));
        return false;
    }
}

}  // namespace

TEST_CASE("slow clients overlap, and a healthy one is answered before them",
          "[02][claim]") {
    const ServerProcess server = start({});
    SlowClients slow(server.address(), 100);
    slow.wait_until_in_service();
    CHECK(answered_before_release(server.address()));
    CHECK_FALSE(slow.any_answered());
    CHECK(slow.release_all() == 100);
}

TEST_CASE("each connection costs a thread, and gives it back", "[02][claim]") {
    const ServerProcess server = start({});
    if (!server.threads()) SIX_SKIP("this system has no /proc");
    {
        SlowClients slow(server.address(), 50);
        slow.wait_until_in_service();
        CHECK(*server.threads() == 51);
        CHECK(slow.release_all() == 50);
    }
    wait_until("the threads to end", [&] { return *server.threads() == 1; });
}

TEST_CASE(
    "5,000 slow clients have 5,000 threads, and a healthy one is answered before them",
    "[02][claim][5000]") {
    SIX_NEEDS_DESCRIPTORS(5000);
    SIX_NEEDS_THREADS(5001);
    const ServerProcess server = start({});
    SlowClients slow = SlowClients::in_service(server.address(), 5000);
    if (const auto threads = server.threads()) CHECK(*threads == 5001);
    CHECK(answered_before_release(server.address()));
    CHECK_FALSE(slow.any_answered());
    CHECK(slow.release_all() == 5000);
}

TEST_CASE(
    "5,000 threads that wait cost memory in the process, and a stack each in the kernel",
    "[02][claim][5000]") {
    SIX_NEEDS_MEMORY_FIGURES();
    SIX_NEEDS_DESCRIPTORS(5000);
    SIX_NEEDS_THREADS(5001);
    constexpr long page_kib = 4;
    constexpr long kernel_stack_kib = 16;
    const ServerProcess server = start({});
    const long before = server.resident_kib().value();
    const SlowClients slow = SlowClients::in_service(server.address(), 5000);
    const long resident = server.resident_kib().value();
    INFO(before << " KiB without clients, then " << resident << " KiB");
    CHECK(resident - before >= 5000 * page_kib);  // of each stack what was touched
    CHECK(resident < 150 * 1024);
    // Those of all processes, since no file tells it of one; and each CPU may be behind
    // with its part of the sum. So no less than nine tenths of what ours have.
    const long stacks = kernel_stacks_kib();
    if (stacks == 0) SIX_SKIP("this system doesn't tell of stacks in the kernel");
    CHECK(stacks >= 5000 * kernel_stack_kib * 9 / 10);
}

TEST_CASE("a pool of N serves N slow clients and starves the rest", "[02][claim]") {
    const ServerProcess server = start_pool(4, 100);
    SlowClients slow(server.address(), 4);
    slow.wait_until_in_service();
    WaitingClient healthy(server.address());
    CHECK(slow.release(0) == 1);
    CHECK(healthy.answered_after_release());
}

TEST_CASE("with a pool of 64, 5,000 slow clients make the healthy one wait",
          "[02][claim][5000]") {
    SIX_NEEDS_DESCRIPTORS(5000);
    const ServerProcess server = start_pool(64, 10'000);
    SlowClients slow(server.address(), 5000);
    slow.wait_until_in_service(64);
    if (const auto threads = server.threads()) CHECK(*threads == 65);
    WaitingClient healthy(server.address());
    CHECK_FALSE(slow.any_answered());
    CHECK(slow.release_all() == 5000);
    CHECK(healthy.answered_after_release());
}

TEST_CASE("when the pool's queue is full, the next client is refused with 503",
          "[02][claim]") {
    const ServerProcess server = start_pool(1, 1);
    SlowClients in_service(server.address(), 1);
    in_service.wait_until_in_service();
    SlowClients queued(server.address(), 1);

    Client refused(server.address());
    const Response answer = refused.read_response();
    CHECK(answer.status == 503);
    CHECK(answer.field("Retry-After"));
    CHECK(answer.says_close());

    CHECK(in_service.release_all() == 1);
    queued.wait_until_in_service();
    CHECK(queued.release_all() == 1);
}

TEST_CASE("a client that is refused can read why, though it has sent all of its request",
          "[02][claim]") {
    const ServerProcess server = start_pool(1, 1);
    SlowClients in_service(server.address(), 1);
    in_service.wait_until_in_service();
    SlowClients queued(server.address(), 1);

    server.signal(SIGSTOP);  // so that the request is there before the client is accepted
    Client refused(server.address());
    refused.send(head_of_hello + "hello");
    server.signal(SIGCONT);
    CHECK(refused.read_response().status == 503);
    CHECK(refused.read_until_end() == "");  // throws at a reset
    CHECK(in_service.release_all() == 1);
}

TEST_CASE("when no more threads can be had, a client is refused with 503 after a pause",
          "[02][claim]") {
    if (!threads_can_run_out) SIX_SKIP_ALWAYS("threads can't be limited by memory here");
    const ServerProcess server =
        start_server(Launch{.program = SIX_SERVER_PATH,
                            .arguments = {"--database", ":memory:"},
                            .environment = {{"MALLOC_ARENA_MAX", "1"}},  // or it takes all
                            .in_child = leave_room_for_few_threads});
    const auto begin = std::chrono::steady_clock::now();
    std::vector<Client> served;
    int refused = 0;
    for (int i = 0; i < 20; ++i) {
        Client client(server.address());
        client.send(head_of_hello);
        if (is_in_service(client))
            served.push_back(std::move(client));
        else
            ++refused;
    }
    CHECK_FALSE(served.empty());
    REQUIRE(refused >= 10);
    // The machine may take longer than the pauses, but never less.
    CHECK(std::chrono::steady_clock::now() - begin >= refused * six::accept_pause);

    for (Client& client : served) client.send("hello");
    for (Client& client : served) CHECK(client.read_response().status == 200);
    served.clear();
    wait_until("a thread to be had again", [&] {
        Client client(server.address());
        client.send(head_of_hello);
        if (!is_in_service(client)) return false;
        client.send("hello");
        return client.read_response().status == 200;
    });
}
