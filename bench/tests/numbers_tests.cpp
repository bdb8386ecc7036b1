#include "bench/numbers.hpp"

#include "common/testing/catch.hpp"

using six::bench::brief;
using six::bench::grouped;

TEST_CASE("whole numbers get a comma between each three digits", "[bench][numbers]") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999.4) == "999");
    CHECK(grouped(999.5) == "1,000");
    CHECK(grouped(12'345) == "12,345");
    CHECK(grouped(1'234'567) == "1,234,567");
    CHECK(grouped(-1'234) == "-1,234");
    CHECK(grouped(-0.2) == "0");
}

TEST_CASE("brief numbers keep two digits that mean something", "[bench][numbers]") {
    CHECK(brief(0) == "0.00");
    CHECK(brief(0.123) == "0.12");
    CHECK(brief(0.996) == "1.0");
    CHECK(brief(3.44) == "3.4");
    CHECK(brief(9.94) == "9.9");
    CHECK(brief(9.96) == "10");
    CHECK(brief(56.7) == "57");
    CHECK(brief(1'234.5) == "1,234");
}
