// What a fuzzer has found (tests/fuzz/), replayed by every compiler.
#include "common/testing/corpus.hpp"

#include "common/http/tests/any_bytes.hpp"
#include "common/testing/catch.hpp"

TEST_CASE("the parser's fuzzing corpus holds", "[http][fuzz]") {
    const auto inputs = six::testing::corpus(SIX_CORPUS "/request_parser");
    CHECK(inputs.size() >= 20);
    for (const auto& input : inputs) {
        INFO(input.name);
        CHECK_NOTHROW(six::http::check_any_bytes(input.bytes));
    }
}
