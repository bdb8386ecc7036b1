// What is expensive to make and needed for a moment, kept for the next one who needs it.
// Private to common/http. Read next: request_parser.cpp.
#pragma once

#include <cstddef>

namespace six::http {

/// Owns objects that nobody uses just now, in a list that they are linked in themselves:
/// `T` has a `T* next_spare` for it. Not thread-safe.
template <class T>
class Spares {
  public:
    constexpr Spares() = default;
    ~Spares() {
        while (T* const spare = take()) delete spare;
    }
    Spares(const Spares&) = delete;
    Spares& operator=(const Spares&) = delete;

    /// The caller owns it. Null: there is none.
    T* take() noexcept {
        T* const spare = first_;
        if (spare == nullptr) return nullptr;
        first_ = spare->next_spare;
        --size_;
        return spare;
    }
    /// Takes it over; deletes it if there are many already.
    void give(T* spare) noexcept {
        if (size_ == most) return delete spare;
        spare->next_spare = first_;
        first_ = spare;
        ++size_;
    }

  private:
    static constexpr std::size_t most = 256;  // after a rush
    T* first_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace six::http
