// How many bytes all requests together may keep: bodies until they are saved, answers until
// they are read. A limit for each of them isn't enough, as there may be very many.
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
