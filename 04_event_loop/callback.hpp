// What a loop calls: a function without arguments, and what it owns.
// Read next: poller.hpp, timers.hpp, event_loop.hpp.
#pragma once

#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace six {

class Callback;

/// What a Callback can hold; its result, if there is one, is dropped.
template <typename Function>
concept Callable = !std::same_as<std::decay_t<Function>, Callback> &&
                   std::invocable<std::decay_t<Function>&>;

/// Holds something that can be called without arguments, or nothing. Like
/// std::function<void()>, but it can only be moved; so what it holds need not be copyable,
/// and may own a socket or a task. Moved from, it is empty.
///
/// It is cheap, since a loop moves and calls one for each event. A callable that is
/// trivially copyable and not larger than two pointers (a lambda with `this`, say) lies in
/// here: moving it copies three words, calling it is one indirect call, destroying it a
/// test. All others are on the heap.
class Callback {
  public:
    Callback(std::nullptr_t = nullptr) noexcept {}
    /// Throws what copying or moving `function` throws, and std::bad_alloc.
    template <Callable Function>
    Callback(Function&& function) {
        using Held = std::decay_t<Function>;
        if constexpr (fits<Held>) {
            ::new (&words_) Held(std::forward<Function>(function));
            kind_ = &small<Held>;
        } else {
            ::new (&words_) Held*(new Held(std::forward<Function>(function)));
            kind_ = &on_heap<Held>;
        }
    }
    Callback(Callback&& other) noexcept
        : words_(other.words_), kind_(std::exchange(other.kind_, nullptr)) {}
    Callback& operator=(Callback&& other) noexcept {
        std::swap(words_, other.words_);
        std::swap(kind_, other.kind_);
        other.drop();  // what was held before dies last: it may use what holds us
        return *this;
    }
    Callback& operator=(std::nullptr_t) noexcept {
        drop();
        return *this;
    }
    ~Callback() { drop(); }

    explicit operator bool() const noexcept { return kind_ != nullptr; }
    /// Must not be empty, and must not be moved or replaced before it returns.
    void operator()() { kind_->call(&words_); }

  private:
    struct Words {
        alignas(void*) std::byte bytes[2 * sizeof(void*)];
    };
    struct Kind {
        void (*call)(void* words);
        void (*destroy)(void* words);  // null: there is nothing to do
    };
    template <typename Held>
    static constexpr bool fits = std::is_trivially_copyable_v<Held> &&
                                 sizeof(Held) <= sizeof(Words) &&
                                 alignof(Held) <= alignof(Words);

    template <typename Held>
    static void call(void* words) {
        (*static_cast<Held*>(words))();
    }
    template <typename Held>
    static void call_on_heap(void* words) {
        (**static_cast<Held**>(words))();
    }
    template <typename Held>
    static void destroy_on_heap(void* words) {
        delete *static_cast<Held**>(words);
    }
    template <typename Held>
    static constexpr Kind small{call<Held>, nullptr};
    template <typename Held>
    static constexpr Kind on_heap{call_on_heap<Held>, destroy_on_heap<Held>};

    void drop() noexcept {
        const Kind* kind = std::exchange(kind_, nullptr);
        if (kind && kind->destroy) kind->destroy(&words_);
    }

    Words words_{};               // moving copies them, whatever they hold
    const Kind* kind_ = nullptr;  // null: empty
};

}  // namespace six
