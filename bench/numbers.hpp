// Numbers as people read them.
#pragma once

#include <string>

namespace six::bench {

/// Rounded to a whole number, with a comma between each three digits: "12,345".
std::string grouped(double number);
/// With two significant digits below ten, else whole: "0.12", "3.4", "56", "1,234". No more
/// than two decimals: "0.00".
std::string brief(double number);

}  // namespace six::bench
