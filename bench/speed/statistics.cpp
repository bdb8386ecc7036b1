#include "bench/speed/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace six::speed {

Quartiles quartiles_of(std::vector<double> values) {
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        const double place = share * static_cast<double>(values.size() - 1);
        const auto below = static_cast<std::size_t>(place);
        const std::size_t above = std::min(below + 1, values.size() - 1);
        return std::lerp(values[below], values[above], place - static_cast<double>(below));
    };
    return {at(0.25), at(0.5), at(0.75)};
}

std::vector<double> ratios_of(const std::vector<double>& values,
                              const std::vector<double>& bases) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < std::min(values.size(), bases.size()); ++i)
        if (bases[i] > 0) ratios.push_back(values[i] / bases[i]);
    return ratios;
}

}  // namespace six::speed
