#include "bench/process_stats.hpp"

#include <unistd.h>

#include <cstring>
#include <future>
#include <memory>

#include "common/testing/catch.hpp"
#include "common/testing/deadline.hpp"

using namespace six::bench;

#ifdef __linux__

namespace {

ProcessStats look_at_me() {
    const auto stats = look_at(::getpid());
    REQUIRE(stats);
    return *stats;
}

}  // namespace

TEST_CASE("memory that was written to is seen from outside", "[bench][process]") {
    constexpr std::size_t mib_64 = 64 * 1024 * 1024;
    const Memory before = look_at_me().memory;
    const auto bytes = std::make_unique_for_overwrite<char[]>(mib_64);
    std::memset(bytes.get(), 1, mib_64);
    const Memory more = growth(before, look_at_me().memory);
    CHECK(more.resident >= 60 * 1024);
    CHECK(more.anonymous >= 60 * 1024);
    CHECK(more.page_tables >= 60);  // a page of 512 entries for each 2 MiB, or so
    CHECK(bytes[mib_64 - 1] == 1);
}

TEST_CASE("each thread counts, with its stack in the kernel", "[bench][process]") {
    const ProcessStats before = look_at_me();
    std::future<void> waiting;
    std::promise<void> over;  // goes first, and with it what is waited for
    waiting = std::async(std::launch::async, [end = over.get_future()] { end.wait(); });
    const ProcessStats with_thread = look_at_me();
    over.set_value();
    CHECK(with_thread.threads == before.threads + 1);
    CHECK(with_thread.memory.kernel_stacks ==
          before.memory.kernel_stacks + kernel_stack_kib());
}

TEST_CASE("time on the CPU is counted in less than a clock tick", "[bench][process]") {
    const auto begin = look_at_me().cpu_time;
    six::testing::wait_until("a millisecond on the CPU", [&] {
        return look_at_me().cpu_time - begin >= std::chrono::milliseconds(1);
    });
    const auto first = look_at_me().cpu_time;
    const auto second = look_at_me().cpu_time;
    CHECK(second > first);
    CHECK(second - first < std::chrono::seconds(1));
}

TEST_CASE("a kernel stack has a size that kernels have", "[bench][process]") {
    const double size = kernel_stack_kib();
    INFO(size << " KiB");
    CHECK((size == 8 || size == 16 || size == 32 || size == 64));
}

#endif

TEST_CASE("of a process that isn't there, nothing is told", "[bench][process]") {
    CHECK_FALSE(look_at(-5));
}

TEST_CASE("what shrinks has grown by nothing", "[bench][process]") {
    const Memory small{1, 2, 3, 4};
    const Memory large{10, 20, 30, 40};
    CHECK(growth(small, large) == Memory{9, 18, 27, 36});
    CHECK(growth(large, small) == Memory{});
    CHECK(large.total() == 80);
    CHECK(large.of_its_own() == 90);
}
