// Tests that can't be run are seen by CTest as such, and never as passed: what they print.
#include "common/testing/skip.hpp"

#include <string>

#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"

using namespace six::testing;
using Catch::Matchers::ContainsSubstring;

// Hidden: they are run by those below.
TEST_CASE("lacks something", "[.]") {
    SIX_SKIP("no such thing");
}
TEST_CASE("is not meant for this", "[.]") {
    SIX_SKIP_ALWAYS("not meant for this");
}
TEST_CASE("fails and lacks something", "[.]") {
    CHECK(false);
    SIX_SKIP("no such thing");
}
TEST_CASE("needs a lot", "[.]") {
    SIX_NEEDS_DESCRIPTORS(1'000'000'000);
    CHECK(false);
}

namespace {

struct Outcome {
    bool passed;
    std::string output;
};

/// Runs one of the hidden tests.
Outcome run(const std::string& test, const std::string& no_skip = "") {
    ServerProcess process{{SIX_COMMON_TESTS_PATH, {test}, {{"SIX_NO_SKIP", no_skip}}, {}}};
    const bool passed = process.wait_for_exit() == Exit{0};
    return {passed, process.stdout_text()};
}

const std::string sign = "SKIPPED: ";  // SKIP_REGULAR_EXPRESSION in add_chapter.cmake

}  // namespace

TEST_CASE("a test that lacks something is skipped, and says what it lacks", "[testing]") {
    const Outcome lacks = run("lacks something");
    CHECK(lacks.passed);
    CHECK_THAT(lacks.output, ContainsSubstring("\n" + sign + "no such thing\n"));
    CHECK_THAT(run("needs a lot").output,
               ContainsSubstring(sign + "this test needs 1000000064 descriptors"));
}

TEST_CASE("where nothing may be skipped, a test that lacks something fails", "[testing]") {
    const Outcome lacks = run("lacks something", "1");
    CHECK_FALSE(lacks.passed);
    CHECK_THAT(lacks.output,
               !ContainsSubstring(sign) && ContainsSubstring("no such thing"));
}

TEST_CASE("a test that is not meant for something is skipped everywhere", "[testing]") {
    const Outcome not_meant = run("is not meant for this", "1");
    CHECK(not_meant.passed);
    CHECK_THAT(not_meant.output, ContainsSubstring(sign + "not meant for this"));
}

TEST_CASE("a test that fails before it is skipped is not taken for skipped", "[testing]") {
    const Outcome fails = run("fails and lacks something");
    CHECK_FALSE(fails.passed);
    CHECK_THAT(fails.output, !ContainsSubstring(sign));
}
