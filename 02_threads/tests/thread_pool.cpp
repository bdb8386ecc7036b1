#include "02_threads/thread_pool.hpp"

#include <atomic>
#include <latch>
#include <semaphore>
#include <set>
#include <thread>
#include <vector>

#include "common/testing/catch.hpp"

using six::ThreadPool;

TEST_CASE("a pool runs every job that it takes", "[02][pool]") {
    std::atomic<int> ran = 0;
    {
        ThreadPool pool(4, 1000);
        for (int i = 0; i < 1000; ++i) {
            while (!pool.try_submit([&ran] { ++ran; })) std::this_thread::yield();
        }
    }
    CHECK(ran == 1000);
}

TEST_CASE("a pool of N runs N jobs at once", "[02][pool]") {
    constexpr int threads = 8;
    std::latch all_here(threads);
    {
        ThreadPool pool(threads, threads);
        for (int i = 0; i < threads; ++i)
            REQUIRE(pool.try_submit([&all_here] { all_here.arrive_and_wait(); }));
    }  // hangs unless all of them run side by side
    CHECK(all_here.try_wait());
}

TEST_CASE("a pool of N starves job N + 1 until one of the others has ended", "[02][pool]") {
    std::counting_semaphore<2> busy(0);
    std::binary_semaphore release(0);
    std::atomic<int> ended = 0;
    std::atomic<int> ended_before_third = 0;
    {
        ThreadPool pool(2, 10);
        for (int i = 0; i < 2; ++i) {
            REQUIRE(pool.try_submit([&] {
                busy.release();
                release.acquire();
                ++ended;
                release.release();
            }));
        }
        busy.acquire();
        busy.acquire();
        REQUIRE(pool.try_submit([&] { ended_before_third = ended.load(); }));
        release.release();
    }
    CHECK(ended_before_third >= 1);
}

TEST_CASE("a pool of N never runs more than N jobs at once", "[02][pool]") {
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    {
        ThreadPool pool(3, 10'000);
        for (int i = 0; i < 10'000; ++i) {
            REQUIRE(pool.try_submit([&] {
                const int now = ++running;
                for (int seen = most;
                     now > seen && !most.compare_exchange_weak(seen, now);) {}
                std::this_thread::yield();
                --running;
            }));
        }
    }
    CHECK(most == 3);
}

TEST_CASE("a full queue refuses, and takes again when there is room", "[02][pool]") {
    std::binary_semaphore started(0);
    std::binary_semaphore release(0);
    std::atomic<int> ran = 0;
    {
        ThreadPool pool(1, 2);
        REQUIRE(pool.try_submit([&] {
            started.release();
            release.acquire();
        }));
        started.acquire();  // the thread is busy, the queue empty
        REQUIRE(pool.try_submit([&] { ++ran; }));
        REQUIRE(pool.try_submit([&] { ++ran; }));
        CHECK_FALSE(pool.try_submit([&] { ++ran; }));
        release.release();
        while (!pool.try_submit([&] { ++ran; })) std::this_thread::yield();
    }
    CHECK(ran == 3);
}

TEST_CASE("one thread works in the order of submission", "[02][pool]") {
    std::vector<int> order;
    {
        ThreadPool pool(1, 100);
        for (int i = 0; i < 100; ++i)
            REQUIRE(pool.try_submit([&order, i] { order.push_back(i); }));
    }
    REQUIRE(order.size() == 100);
    CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("a pool without jobs ends", "[02][pool]") {
    const ThreadPool pool(16, 1);
    SUCCEED();
}

TEST_CASE("a job is destroyed once it has run", "[02][pool]") {
    const auto probe = std::make_shared<int>(7);
    {
        ThreadPool pool(2, 10);
        REQUIRE(pool.try_submit([probe] {}));
    }
    CHECK(probe.use_count() == 1);
}
