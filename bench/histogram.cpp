#include "bench/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace six::bench {

// A value's bucket is its highest seven bits: the first of them, always 1, says only how
// many bits follow, which is what the doubling is known by; the other six count within it.
std::size_t Histogram::bucket_of(std::uint64_t value) noexcept {
    value = std::min(value, (std::uint64_t{1} << value_bits) - 1);
    const int width = static_cast<int>(std::bit_width(value));
    const int dropped = std::max(0, width - (bits + 1));
    return (static_cast<std::size_t>(dropped) << bits) + (value >> dropped);
}

std::uint64_t Histogram::greatest_in(std::size_t bucket) noexcept {
    const std::size_t per_doubling = std::size_t{1} << bits;
    if (bucket < 2 * per_doubling) return bucket;
    const std::size_t dropped = bucket / per_doubling - 1;
    return ((bucket - dropped * per_doubling + 1) << dropped) - 1;
}

void Histogram::record(Microseconds value) noexcept {
    value = std::max(value, Microseconds(0));
    ++buckets_[bucket_of(static_cast<std::uint64_t>(value.count()))];
    ++count_;
    max_ = std::max(max_, value);
}

void Histogram::merge(const Histogram& other) noexcept {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

Histogram::Microseconds Histogram::percentile(double percent) const noexcept {
    const double share = std::clamp(percent, 0.0, 100.0) / 100.0;
    const double rank = std::ceil(share * static_cast<double>(count_));
    const auto wanted = std::max(std::uint64_t{1}, static_cast<std::uint64_t>(rank));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        seen += buckets_[i];
        if (seen >= wanted)
            return std::min(max_, Microseconds(static_cast<std::int64_t>(greatest_in(i))));
    }
    return max_;
}

}  // namespace six::bench
