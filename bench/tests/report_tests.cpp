#include "bench/report.hpp"

#include "bench/tests/page_scripts.hpp"
#include "bench/tests/samples.hpp"
#include "common/testing/catch.hpp"

using namespace six::bench;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t number = 0;
    for (std::size_t at = text.find(part); at != std::string::npos;
         at = text.find(part, at + 1))
        ++number;
    return number;
}

}  // namespace

TEST_CASE("the report loads nothing from anywhere", "[bench][report]") {
    const std::string page = report(some_results(), {});
    for (const char* loads : {" src=", ".src =", " href=", ".href =", "url(", "@import",
                              "import(", "fetch(", "XMLHttpRequest"}) {
        INFO(loads);
        CHECK(count(page, loads) == 0);
    }
    CHECK(count(page, "http") ==
          count(page, "http://www.w3.org/2000/svg"));  // a name, no address
}

TEST_CASE("the report has all its parts in it", "[bench][report]") {
    const std::string page = report(some_results(), {});
    for (const char* mark : {"/*STYLE*/", "/*SCRIPT*/", "/*RESULTS*/", "/*APPLICATION*/"}) {
        INFO(mark);
        CHECK(count(page, mark) == 0);
    }
    CHECK(count(page, "02 threads") == 1);
    CHECK(count(page, "prefers-color-scheme: dark") == 1);
    CHECK(count(page, "function billFor") == 1);
}

TEST_CASE("the report's scripts are JavaScript", "[bench][report]") {
    check_scripts(report(some_results(), {}));
}

TEST_CASE("what the results say can't end the script that they stand in",
          "[bench][report]") {
    const std::string page = report(some_results(), {});
    CHECK(count(page, "</script>") == 2);
    CHECK(count(page, "fewer \\u003c/script>\\u003c!-- clients") == 1);
}
