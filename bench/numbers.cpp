#include "bench/numbers.hpp"

#include <fmt/format.h>

#include <cmath>

namespace six::bench {

std::string grouped(double number) {
    std::string digits = fmt::format("{:.0f}", std::abs(number));
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
    return number <= -0.5 ? "-" + digits : digits;
}

std::string brief(double number) {
    const double size = std::abs(number);
    if (size < 0.995) return fmt::format("{:.2f}", number);
    if (size < 9.95) return fmt::format("{:.1f}", number);
    return grouped(number);
}

}  // namespace six::bench
