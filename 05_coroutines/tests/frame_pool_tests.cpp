// FramePool: memory comes back to those that need the same size.
#include "05_coroutines/frame_pool.hpp"

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#include "05_coroutines/tests/loops.hpp"
#include "05_coroutines/tests/probe.hpp"
#include "common/testing/catch.hpp"

using namespace six;
using namespace six::test;

namespace {

/// On a thread of its own, the pool is new.
void with_new_pool(void (*use)(FramePool&)) {
    std::thread([use] { use(FramePool::of_this_thread()); }).join();
}

}  // namespace

TEST_CASE("a frame that was given back is given out again", "[05][frames]") {
    static bool same = false;
    static bool of_another_size = true;
    with_new_pool([](FramePool& pool) {
        void* first = pool.take(200);
        pool.give_back(first, 200);
        void* larger = pool.take(217);
        of_another_size = larger == first;
        void* second = pool.take(190);  // rounded up, the same size
        same = second == first;
        pool.give_back(second, 190);
        pool.give_back(larger, 217);
    });
    CHECK(same);
    CHECK_FALSE(of_another_size);
}

TEST_CASE("frames in use don't overlap, whatever their sizes", "[05][frames]") {
    static bool intact = true;
    with_new_pool([](FramePool& pool) {
        for (int round = 0; round < 3; ++round) {
            std::vector<std::pair<unsigned char*, std::size_t>> frames;
            for (std::size_t bytes = 1; bytes < 2000; bytes += 7) {
                auto* frame = static_cast<unsigned char*>(pool.take(bytes));
                std::memset(frame, static_cast<int>(bytes % 256), bytes);
                frames.emplace_back(frame, bytes);
            }
            for (const auto& [frame, bytes] : frames) {
                const auto mine = static_cast<unsigned char>(bytes % 256);
                intact &= std::all_of(frame, frame + bytes,
                                      [mine](unsigned char byte) { return byte == mine; });
                pool.give_back(frame, bytes);
            }
        }
    });
    CHECK(intact);
}

TEST_CASE("a rush leaves only so many frames behind", "[05][frames]") {
    static std::size_t kept = 0;
    with_new_pool([](FramePool& pool) {
        std::vector<void*> frames;
        for (int i = 0; i < 10'000; ++i) frames.push_back(pool.take(100));
        for (void* frame : frames) pool.give_back(frame, 100);
        kept = pool.kept_bytes();
    });
    CHECK(kept > 0);
    CHECK(kept < 100'000);
}

#if SIX_RECYCLE_FRAMES
TEST_CASE("tasks have their frames from the pool", "[05][frames]") {
    EventLoop loop(SIX_EACH_POLLER);
    const std::size_t before = FramePool::of_this_thread().kept_bytes();
    sync_wait(loop, nap(loop, 1ns));
    const std::size_t after = FramePool::of_this_thread().kept_bytes();
    CHECK(after > 0);
    for (int i = 0; i < 10; ++i) sync_wait(loop, nap(loop, 1ns));
    CHECK(FramePool::of_this_thread().kept_bytes() == after);
    CHECK(after >= before);
}

TEST_CASE("a task that waits costs some tens of bytes", "[05][frames]") {
    static std::size_t bytes = 0;
    static std::size_t grouped = 0;
    with_new_pool([](FramePool& pool) {
        Door door;
        const auto wait = [](Door& d) -> Task<void> { co_await d; };
        { const Task<void> task = wait(door); }
        bytes = pool.kept_bytes();
        TaskGroup group;
        group.spawn(wait(door));
        door.open();
        grouped = pool.kept_bytes();
    });
    CAPTURE(bytes, grouped);
    CHECK(bytes > 0);
    CHECK(bytes <= 104);
    CHECK(grouped <= 250);
}
#endif
