// The price of a coroutine, beside what one knows: a call, a memory allocation, a thread.
// Built twice: with the frames of tasks recycled, as chapter 05 has it, and with
// SIX_RECYCLE_FRAMES=0, where each comes from malloc; then it measures only that.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <coroutine>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "04_event_loop/event_loop.hpp"
#include "05_coroutines/task.hpp"
#include "bench/speed/price/measure.hpp"

namespace six::price {

namespace {

constexpr int many = 1'000;

[[gnu::noinline]] int next_number(int number) {
    asm volatile("" : "+r"(number));
    return number + 1;
}

using Function = std::function<int(int)>;

[[gnu::noinline]] Function make_function(const std::array<int, 8>& captured) {
    return [captured](int i) { return captured[static_cast<std::size_t>(i)]; };
}

void measure_calls(std::chrono::nanoseconds time) {
    int number = 0;
    measure("a plain call", time, many, [&] {
        for (int i = 0; i < many; ++i) number = next_number(number);
    });
    Function small = next_number;
    measure("a call through std::function", time, many, [&] {
        for (int i = 0; i < many; ++i) {
            escape(&small);
            number = small(number);
        }
    });
    std::array<int, 8> captured{};
    measure("std::function from the heap, called", time, many, [&] {
        for (int i = 0; i < many; ++i) number = make_function(captured)(i % 8);
        escape(&number);
    });
    measure("malloc and free, 96 bytes", time, many, [] {
        for (int i = 0; i < many; ++i) {
            void* memory = std::malloc(96);
            escape(memory);
            std::free(memory);
        }
    });
}

/// The smallest generator there is: 0, 1, 2 …
class Numbers {
  public:
    struct promise_type {
        Numbers get_return_object() { return Numbers(Handle::from_promise(*this)); }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        std::suspend_always final_suspend() const noexcept { return {}; }
        std::suspend_always yield_value(int number) noexcept {
            number_ = number;
            return {};
        }
        void return_void() const noexcept {}
        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
        int number_ = 0;
    };
    using Handle = std::coroutine_handle<promise_type>;

    explicit Numbers(Handle coroutine) : coroutine_(coroutine) {}
    Numbers(const Numbers&) = delete;
    ~Numbers() { coroutine_.destroy(); }
    int next() {
        coroutine_.resume();
        return coroutine_.promise().number_;
    }

  private:
    Handle coroutine_;
};

[[gnu::noinline]] Numbers count() {
    for (int number = 0;; ++number) co_yield number;
}

void measure_generator(std::chrono::nanoseconds time) {
    Numbers numbers = count();
    measure("a generator resumed for a value", time, many, [&] {
        for (int i = 0; i < many; ++i) {
            int number = numbers.next();
            escape(&number);
        }
    });
}

/// In which a task runs that never waits: the least that can await one.
struct Root {
    struct promise_type {
        Root get_return_object() const noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
        CancellationScope& scope() noexcept { return scope_; }
        CancellationScope scope_;
    };
};

[[gnu::noinline]] Task<int> child(int number) {
    co_return number + 1;
}
Task<void> parent() {
    int number = 0;
    for (int i = 0; i < many; ++i) number = co_await child(number);
    escape(&number);
}
Root run(Task<void> task) {
    co_await std::move(task);
}

void measure_await(std::chrono::nanoseconds time) {
    constexpr const char* what = SIX_RECYCLE_FRAMES ? "a child awaited, frame recycled"
                                                    : "a child awaited, frame from malloc";
    measure(what, time, many, [] { run(parent()); });
}

/// Comes back as often as it is asked to, a turn of the loop later each time; so do many
/// others, so that what a turn costs is shared.
struct Traveller {
    void go_on() {
        if (--trips > 0) loop.post([this] { go_on(); });
    }
    EventLoop& loop;
    int trips;
};

void measure_queue(std::chrono::nanoseconds time) {
    constexpr int trips = 100;
    EventLoop loop;
    measure("a trip through the ready queue", time, many * trips, [&] {
        std::vector<Traveller> travellers(many, Traveller{loop, trips});
        for (Traveller& one : travellers) loop.post([&one] { one.go_on(); });
        while (loop.run_once(false) > 0) {}
    });
}

/// Passed from one thread to the other and back: each sleeps in the kernel meanwhile.
class Baton {
  public:
    void pass() {
        here_ = 1;
        ::syscall(SYS_futex, &here_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }
    void take() {
        while (here_ == 0)
            ::syscall(SYS_futex, &here_, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
        here_ = 0;
    }

  private:
    std::atomic<int> here_ = 0;
};

void measure_threads(std::chrono::nanoseconds time) {
    constexpr int few = 100;
    Baton there;
    Baton back;
    std::atomic<bool> stopping = false;
    std::thread other([&] {
        while (true) {
            there.take();
            if (stopping) return;
            back.pass();
        }
    });
    measure("a switch of threads on one core", time, 2 * few, [&] {
        for (int i = 0; i < few; ++i) {
            there.pass();
            back.take();
        }
    });
    stopping = true;
    there.pass();
    other.join();
    measure("a thread started and joined", time, few, [] {
        for (int i = 0; i < few; ++i) std::thread([] {}).join();
    });
}

}  // namespace

}  // namespace six::price

int main(int argc, char** argv) {
    using namespace six::price;
    const auto time = time_from(argc, argv);
    stay_on_this_core();
    if (SIX_RECYCLE_FRAMES) {
        measure_calls(time);
        measure_generator(time);
    }
    measure_await(time);
    if (SIX_RECYCLE_FRAMES) {
        measure_queue(time);
        measure_threads(time);
    }
}
