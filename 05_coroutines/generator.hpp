// AsyncGenerator<T>: a coroutine that yields any number of values and may wait between
// them. Read before: task.hpp. Used by async_socket.hpp: a listener is one of sockets.
#pragma once

#include "05_coroutines/task.hpp"

namespace six {

/// Yields values to the task that asks for them, one at a time:
///
///     while (AsyncSocket* client = co_await clients.next()) …
///
/// It runs only while somebody waits in `next`, and in that one's scope. Its owner may drop
/// it at any time but while it runs. Loop's thread only.
template <class T>
class [[nodiscard]] AsyncGenerator {
  public:
    class promise_type;
    using Handle = std::coroutine_handle<promise_type>;

    explicit AsyncGenerator(Handle coroutine) noexcept : coroutine_(coroutine) {}
    AsyncGenerator(AsyncGenerator&& other) noexcept
        : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    AsyncGenerator& operator=(AsyncGenerator&& other) noexcept {
        std::swap(coroutine_, other.coroutine_);
        return *this;
    }
    ~AsyncGenerator() {
        if (coroutine_) coroutine_.destroy();
    }

    class Next;
    /// Suspends until there is a value, which may be moved from and is there until the next
    /// call; null when there are no more. Throws what the generator throws; after that
    /// there are no more.
    Next next() noexcept { return Next(coroutine_); }

  private:
    Handle coroutine_;
};

template <class T>
class AsyncGenerator<T>::promise_type : public PromiseBase {
  public:
    AsyncGenerator get_return_object() {
        return AsyncGenerator(Handle::from_promise(*this));
    }
    /// `co_yield`: the value stays where it is, in the generator's frame.
    ResumeAwaiting yield_value(T& value) noexcept {
        value_ = std::addressof(value);
        return {};
    }
    ResumeAwaiting yield_value(T&& value) noexcept { return yield_value(value); }
    void return_void() const noexcept {}

    void forget_value() noexcept { value_ = nullptr; }
    T* take() {
        rethrow_error();
        return value_;
    }

  private:
    T* value_ = nullptr;
};

template <class T>
class AsyncGenerator<T>::Next {
  public:
    explicit Next(Handle generator) noexcept : generator_(generator) {
        assert(generator_ && "this generator was moved from");
        generator_.promise().forget_value();
    }
    bool await_ready() const noexcept { return generator_.done(); }
    template <class Promise>
    Handle await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
        generator_.promise().awaited_by(awaiting, awaiting.promise().scope());
        return generator_;
    }
    [[nodiscard]] T* await_resume() { return generator_.promise().take(); }

  private:
    Handle generator_;
};

}  // namespace six
