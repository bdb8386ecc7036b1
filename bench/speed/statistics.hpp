// Medians and quartiles of paired rounds. Pure.
#pragma once

#include <vector>

namespace six::speed {

/// A quarter of all values lies below `low`, half below `median`, three quarters below
/// `high`.
struct Quartiles {
    double low = 0;
    double median = 0;
    double high = 0;
    bool operator==(const Quartiles&) const = default;
};

/// Of any number of values, in any order; between two values it interpolates (type 7 of
/// Hyndman and Fan 1996). All 0 when there is none.
Quartiles quartiles_of(std::vector<double> values);

/// Round by round: `values[i] / bases[i]`. A round without a base is left out. On a machine
/// whose speed changes from minute to minute this tells servers apart; their rates don't.
std::vector<double> ratios_of(const std::vector<double>& values,
                              const std::vector<double>& bases);

}  // namespace six::speed
