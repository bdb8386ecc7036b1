// What a fuzzer has found (fuzz/connection.cpp), replayed by every compiler.
#include "06_full_server/tests/connection_script.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/corpus.hpp"

TEST_CASE("the fuzzing corpus of the connections holds", "[06][fuzz]") {
    const auto inputs = six::testing::corpus(SIX_CORPUS "/connection");
    CHECK(inputs.size() >= 20);
    for (const auto& input : inputs) {
        INFO(input.name);
        CHECK_NOTHROW(six::full::test::ConnectionScript(input.bytes).play());
    }
}
