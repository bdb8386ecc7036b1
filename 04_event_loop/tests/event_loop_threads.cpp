// The loop and other threads: post, stop, wake-ups. And what is left when it is destroyed.
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "04_event_loop/event_loop.hpp"
#include "04_event_loop/virtual_clock.hpp"
#include "loop_testing.hpp"

using namespace six;
using namespace six::testing;
using namespace std::chrono_literals;

namespace {

/// A thread that is joined at the end of its scope, whatever a test throws.
class Worker {
  public:
    template <typename Function>
    explicit Worker(Function function) : thread_(std::move(function)) {}
    ~Worker() { join(); }
    void join() {
        if (thread_.joinable()) thread_.join();
    }

  private:
    std::thread thread_;
};

}  // namespace

TEST_CASE("posted callbacks are called in the order of posting", "[04][post]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    std::string called;
    for (const char name : std::string("abcdef")) loop.post([&, name] { called += name; });
    CHECK(called.empty());
    CHECK(loop.run_once() == 6);
    CHECK(called == "abcdef");
}

TEST_CASE("what a callback posts comes in a later turn", "[04][post]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    std::string called;
    loop.post([&] {
        called += 'a';
        loop.post([&] { called += 'c'; });
        called += 'b';
    });
    CHECK(loop.run_once() == 1);
    CHECK(called == "ab");
    CHECK(loop.run_once() == 1);
    CHECK(called == "abc");
}

TEST_CASE("a callback that posts itself for ever holds up nobody", "[04][post]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    int posts = 0;
    bool read = false;
    bool timed = false;
    const std::function<void()> again = [&] {
        ++posts;
        loop.post(again);
    };
    loop.post(again);
    loop.watch(pair.ours.get());
    loop.when_readable(pair.ours.get(), [&] { read = true; });
    loop.call_at(loop.now(), [&] { timed = true; });
    write_to(pair.theirs.get(), "x");

    CHECK(loop.run_once() == 3);
    CHECK(read);
    CHECK(timed);
    CHECK(loop.run_once() == 1);
    CHECK(posts == 2);
}

TEST_CASE("four threads post to a running loop, and each one's order is kept",
          "[04][post]") {
    constexpr int threads = 4;
    constexpr int posts = 20'000;
    LoopWithAlarm loop(make_poller(each_poller()));
    std::array<std::vector<int>, threads> called;
    const auto home = std::this_thread::get_id();
    bool always_at_home = true;
    int left = threads * posts;

    std::vector<std::unique_ptr<Worker>> workers;
    for (std::size_t t = 0; t < threads; ++t) {
        workers.push_back(std::make_unique<Worker>([&, t] {
            for (int i = 0; i < posts; ++i) {
                loop.post([&, t, i] {
                    called[t].push_back(i);
                    always_at_home &= std::this_thread::get_id() == home;
                    if (--left == 0) loop.stop();
                });
            }
        }));
    }
    loop.run();
    workers.clear();
    CHECK(left == 0);
    CHECK(always_at_home);
    for (const auto& mine : called) {
        CHECK(mine.size() == posts);
        CHECK(std::is_sorted(mine.begin(), mine.end()));
    }
}

TEST_CASE("posts of different threads keep the order in which they happened",
          "[04][post]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    std::string called;
    const auto post_from_another_thread = [&](char name) {
        Worker([&, name] { loop.post([&, name] { called += name; }); }).join();
    };
    loop.post([&] {
        post_from_another_thread('a');
        loop.post([&] { called += 'b'; });
        post_from_another_thread('c');
        loop.post([&] { called += 'd'; });
        post_from_another_thread('e');
    });
    run_until(loop, [&] { return called.size() == 5; });
    CHECK(called == "abcde");
}

TEST_CASE("a post wakes a loop that waits", "[04][post]") {
    PollerCounts counts;
    LoopWithAlarm loop(
        std::make_unique<CountingPoller>(make_poller(each_poller()), counts));
    bool called = false;
    Worker worker([&] {
        while (counts.waits == 0) std::this_thread::yield();  // it is about to wait
        loop.post([&] { called = true; });
    });
    run_until(loop, [&] { return called; });
    CHECK(counts.waits <= 2);
}

TEST_CASE("a loop that is going to sleep sleeps through no post", "[04][post]") {
    constexpr int posts = 20'000;
    LoopWithAlarm loop(make_poller(each_poller()));
    std::atomic<int> called = 0;
    Worker worker([&] {
        for (int i = 0; i < posts; ++i) {
            loop.post([&] { ++called; });
            while (called <= i) std::this_thread::yield();  // so the loop has nothing to do
        }
    });
    run_until(loop, [&] { return called == posts; });
}

TEST_CASE("posts to a loop that does not sleep make no wake-up", "[04][post]") {
    PollerCounts counts;
    LoopWithAlarm loop(
        std::make_unique<CountingPoller>(make_poller(each_poller()), counts));
    int calls = 0;
    for (int i = 0; i < 1000; ++i) loop.post([&] { ++calls; });

    std::array<char, 100> bytes{};
    CHECK(::read(counts.added.at(0), bytes.data(), bytes.size()) == -1);
    CHECK(loop.run_once() == 1000);  // and yet it doesn't sleep over them
    CHECK(calls == 1000);
}

TEST_CASE("the loop's own posts make no wake-up", "[04][post]") {
    PollerCounts counts;
    LoopWithAlarm loop(
        std::make_unique<CountingPoller>(make_poller(each_poller()), counts));
    loop.post([&] {
        for (int i = 0; i < 1000; ++i) loop.post([] {});
    });
    CHECK(loop.run_once() == 1);
    char byte = 0;
    CHECK(::read(counts.added.at(0), &byte, 1) == -1);
    CHECK(loop.run_once() == 1000);
}

TEST_CASE("a posted callback is destroyed right after its call", "[04][post]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const auto owned = std::make_shared<int>(0);
    long count_in_next = 0;
    loop.post([owned] {});
    loop.post([&] { count_in_next = owned.use_count(); });
    CHECK(loop.run_once() == 2);
    CHECK(count_in_next == 1);
}

TEST_CASE("a callback may post what owns things", "[04][post]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    std::string text;
    const std::string long_text(100, 'x');
    const auto stored = [&text, long_text] { text += long_text; };
    loop.post(stored);  // copied
    loop.post([&] {
        loop.post(stored);
        loop.post(Callback(stored));
    });
    loop.run_once();
    loop.run_once();
    CHECK(text.size() == 300);
}

TEST_CASE("what a callback owns need not be copyable, whatever it waits for",
          "[04][post]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    const Pair pair = connected_pair();
    loop.watch(pair.ours.get());
    int sum = 0;
    const auto adding = [&sum](int number) {
        return [&sum, owned = std::make_unique<int>(number)] { sum += *owned; };
    };
    loop.when_readable(pair.ours.get(), adding(1));
    loop.when_writable(pair.ours.get(), adding(10));
    loop.call_at(loop.now(), adding(100));
    loop.post(adding(1'000));
    Worker([&] { loop.post(adding(10'000)); }).join();
    write_to(pair.theirs.get(), "x");
    run_until(loop, [&] { return sum == 11'111; });
}

TEST_CASE("when a posted callback or a timer throws, the rest is not lost", "[04][post]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    std::string called;
    const auto note = [&](char name) { return [&called, name] { called += name; }; };
    loop.post(note('a'));
    loop.post([] { throw std::runtime_error("post"); });
    loop.post(note('b'));
    const TimePoint now = loop.now();
    loop.call_at(now, note('c'));
    loop.call_at(now, [] { throw std::runtime_error("timer"); });
    loop.call_at(now, note('d'));

    CHECK_THROWS_WITH(loop.run(), "post");
    CHECK(called == "a");
    CHECK_THROWS_WITH(loop.run(), "timer");
    CHECK(called == "abc");
    loop.post([&] { loop.stop(); });
    loop.run();
    CHECK(called == "abcd");
}

TEST_CASE("stop ends the run after the current turn", "[04][stop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    std::string called;
    loop.post([&] {
        called += 'a';
        loop.stop();
        loop.post([&] { called += 'c'; });
    });
    loop.post([&] { called += 'b'; });
    loop.run();
    CHECK(called == "ab");

    loop.post([&] {
        called += 'd';
        loop.stop();
    });
    loop.run();  // it was for that run only: this one has a stop of its own
    CHECK(called == "abcd");
}

TEST_CASE("a stop before the run is remembered", "[04][stop]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    bool called = false;
    loop.post([&] { called = true; });
    loop.stop();
    loop.run();
    CHECK_FALSE(called);
}

TEST_CASE("another thread stops a loop that waits for nothing", "[04][stop]") {
    PollerCounts counts;
    LoopWithAlarm loop(
        std::make_unique<CountingPoller>(make_poller(each_poller()), counts));
    Worker worker([&] {
        while (counts.waits == 0) std::this_thread::yield();
        loop.stop();
    });
    loop.run();
}

TEST_CASE("callbacks run on the thread that runs the loop", "[04][post]") {
    LoopWithAlarm loop(make_poller(each_poller()));
    std::thread::id called_on;
    std::thread::id ran_on;
    loop.post([&] {
        called_on = std::this_thread::get_id();
        loop.stop();
    });
    Worker([&] {
        ran_on = std::this_thread::get_id();
        loop.run();
    }).join();
    CHECK(called_on == ran_on);
    CHECK(called_on != std::this_thread::get_id());

    loop.post(
        [&] { called_on = std::this_thread::get_id(); });  // it may move when it rests
    loop.run_once();
    CHECK(called_on == std::this_thread::get_id());
}

TEST_CASE("a signal does not disturb the loop", "[04][loop]") {
    static std::atomic<int> signals = 0;
    struct sigaction action {};
    struct sigaction before {};
    action.sa_handler = [](int) { ++signals; };  // no SA_RESTART
    ::sigaction(SIGUSR1, &action, &before);

    PollerCounts counts;
    EventLoop loop(std::make_unique<CountingPoller>(make_poller(each_poller()), counts));
    const bool with_timer =
        GENERATE(false, true);  // the kernel is asked in another way then
    if (with_timer) loop.call_after(1h, [] {});
    const pthread_t home = ::pthread_self();
    std::atomic<bool> in_time = true;
    Worker worker([&] {
        const Deadline deadline;
        while (counts.empty_waits < 3 && in_time) {
            ::pthread_kill(home, SIGUSR1);
            std::this_thread::yield();
            in_time = !deadline.over();
        }
        loop.stop();
    });
    loop.run();
    worker.join();
    ::sigaction(SIGUSR1, &before, nullptr);
    CHECK(in_time);
    CHECK(signals > 0);
}

TEST_CASE("a destroyed loop destroys what is left, uncalled", "[04][loop]") {
    const auto owned = std::make_shared<int>(0);
    const auto callback = [owned] { ++*owned; };
    const Pair pair = connected_pair();
    {
        LoopWithAlarm loop(make_poller(each_poller()));
        loop.watch(pair.ours.get());
        write_to(pair.theirs.get(), "x");
        loop.when_readable(pair.ours.get(), callback);
        loop.call_at(loop.now(), callback);
        loop.post(callback);
        Worker([&] { loop.post(callback); }).join();
        CHECK(owned.use_count() == 6);
    }
    CHECK(owned.use_count() == 2);
    CHECK(*owned == 0);
}

TEST_CASE("what a destroyed loop's callbacks own may use the loop as it dies",
          "[04][loop]") {
    const Pair pair = connected_pair();
    auto loop = std::make_unique<EventLoop>(make_poller(each_poller()));
    loop->watch(pair.ours.get());
    std::array<TimerId, 2> timers;
    const auto owner = [&] {
        return std::shared_ptr<int>(new int, [&, raw = loop.get()](int* number) {
            delete number;
            for (const TimerId& id : timers) raw->cancel(id);
            raw->cancel_writable(pair.ours.get());
        });
    };
    loop->when_readable(pair.ours.get(), [owned = owner()] {});
    loop->when_writable(pair.ours.get(), [owned = owner()] {});
    for (TimerId& id : timers) id = loop->call_after(1h, [owned = owner()] {});
    loop->post([owned = owner()] {});
    loop.reset();
    SUCCEED("a sanitizer would have seen what went wrong");
}
