// How many bytes all requests together may keep: of heads that are not complete and of
// requests sent ahead, bodies until they are saved, items until they are read. A limit for
// each of them isn't enough, as there may be very many. What isn't counted: a kibibyte of
// each connection, and other answers, which are short.
// Read next: request.hpp.
#pragma once

#include <atomic>
#include <cstddef>

namespace six::full {

/// Thread-safe; must outlive its shares. No lock: one atomic addition.
class MemoryBudget {
  public:
    explicit MemoryBudget(std::size_t bytes) : bytes_(bytes) {}
    std::size_t taken() const noexcept { return taken_; }

    // #region share
    /// What one request keeps. Gives it all back at its end.
    class Share {
      public:
        explicit Share(MemoryBudget& budget) noexcept : budget_(budget) {}
        ~Share() { give_back(); }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

        /// False, and nothing is taken: the others leave too little.
        [[nodiscard]] bool try_take(std::size_t bytes) noexcept {
            if (budget_.taken_.fetch_add(bytes) + bytes > budget_.bytes_) {
                budget_.taken_ -= bytes;
                return false;
            }
            taken_ += bytes;
            return true;
        }
        /// The same until it has so many in all.
        [[nodiscard]] bool try_have(std::size_t bytes) noexcept {
            return bytes <= taken_ || try_take(bytes - taken_);
        }
        void give_back() noexcept {
            if (taken_ > 0) budget_.taken_ -= taken_;
            taken_ = 0;
        }

      private:
        MemoryBudget& budget_;
        std::size_t taken_ = 0;
    };
    // #endregion

  private:
    const std::size_t bytes_;
    std::atomic<std::size_t> taken_ = 0;
};

}  // namespace six::full
