// Memory for coroutine frames. A server's tasks come in a few sizes, and each request needs
// the same ones again: so the memory of those that have ended is kept for those that start.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

// Halves what it costs to await a task that is ready. Set it to 0 to measure.
#ifndef SIX_RECYCLE_FRAMES
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIX_RECYCLE_FRAMES 0  // they must see each frame go, to tell who uses it afterwards
#elif !defined(__has_feature)
#define SIX_RECYCLE_FRAMES 1
#elif __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SIX_RECYCLE_FRAMES 0  // the same, as clang tells it
#else
#define SIX_RECYCLE_FRAMES 1
#endif
#endif

namespace six {

/// Frames that were freed on this thread and not given back to the system: one list for
/// each size, and for each thread, so that no lock is needed. A thread's coroutines must
/// end before it does.
class FramePool {
  public:
    static FramePool& of_this_thread() {
        thread_local FramePool pool;
        return pool;
    }

    void* take(std::size_t bytes) {
        const std::size_t index = index_of(bytes);
        if (index >= sizes || lists_[index].first == nullptr)
            return ::operator new(bytes_of(index));
        List& list = lists_[index];
        --list.length;
        return std::exchange(list.first, list.first->next);
    }
    void give_back(void* frame, std::size_t bytes) noexcept {
        const std::size_t index = index_of(bytes);
        if (index >= sizes || lists_[index].length == most_kept)
            return ::operator delete(frame);
        List& list = lists_[index];
        ++list.length;
        list.first = ::new (frame) Free{list.first};
    }
    /// The memory that waits to be used again.
    std::size_t kept_bytes() const noexcept {
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < sizes; ++i) bytes += lists_[i].length * bytes_of(i);
        return bytes;
    }
    ~FramePool() {
        for (List& list : lists_)
            while (list.first != nullptr)
                ::operator delete(std::exchange(list.first, list.first->next));
    }

  private:
    // 8, 24, 40, 56, … bytes: the sizes in which malloc gives out memory, so that nothing
    // is lost to rounding.
    static constexpr std::size_t sizes = 64;
    static constexpr std::size_t index_of(std::size_t bytes) { return (bytes + 7) / 16; }
    static constexpr std::size_t bytes_of(std::size_t index) { return index * 16 + 8; }
    static constexpr std::size_t most_kept = 256;  // of each size, after a rush

    struct Free {
        Free* next;
    };
    struct List {
        Free* first = nullptr;
        std::size_t length = 0;
    };
    FramePool() = default;
    std::array<List, sizes> lists_;
};

/// What a promise inherits for its coroutine's frame to come from the pool.
struct PooledFrame {
#if SIX_RECYCLE_FRAMES
    static void* operator new(std::size_t bytes) {
        return FramePool::of_this_thread().take(bytes);
    }
    static void operator delete(void* frame, std::size_t bytes) noexcept {
        FramePool::of_this_thread().give_back(frame, bytes);
    }
#endif
};

}  // namespace six
