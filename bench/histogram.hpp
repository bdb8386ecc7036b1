// Counts durations in buckets whose width grows with the value, so that a million latencies
// cost as little memory as ten and their percentiles are still right to two per cent.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace six::bench {

/// A histogram of durations. 64 buckets for each doubling: a percentile is at most 1/64
/// (1.6 %) too high and never too low; up to 128 µs it is exact. About 16 KB; never
/// allocates. Not thread-safe. Source: the idea is that of http://hdrhistogram.org.
class Histogram {
  public:
    using Microseconds = std::chrono::microseconds;

    /// Counts one value. Negative ones count as 0; from 2^36 µs (19 hours) on, only `max`
    /// tells them apart.
    void record(Microseconds value) noexcept;
    /// Counts all values of the other one, too.
    void merge(const Histogram& other) noexcept;

    std::uint64_t count() const noexcept { return count_; }
    /// The greatest value, exactly. 0 when there is none.
    Microseconds max() const noexcept { return max_; }
    /// The value that `percent` of all values (0 to 100) don't exceed. 0 when there is
    /// none.
    Microseconds percentile(double percent) const noexcept;

  private:
    static constexpr int bits = 6;  // 2^6 buckets for each doubling
    static constexpr int value_bits = 36;

    static std::size_t bucket_of(std::uint64_t value) noexcept;
    static std::uint64_t greatest_in(std::size_t bucket) noexcept;

    std::array<std::uint64_t, (value_bits - bits + 1) << bits> buckets_{};
    std::uint64_t count_ = 0;
    Microseconds max_{0};
};

}  // namespace six::bench
