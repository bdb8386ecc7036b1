// What keeps the lessons true, and that it notices when they are not.
#include <algorithm>
#include <fstream>
#include <string>

#include "bench/bill.hpp"
#include "bench/numbers.hpp"
#include "bench/tests/samples.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"
#include "docs/weave/lesson.hpp"
#include "docs/weave/rules.hpp"
#include "docs/weave/snippets.hpp"

using namespace six::docs;
using Catch::Matchers::ContainsSubstring;
using six::testing::Exit;
using six::testing::ServerProcess;
using six::testing::TemporaryDirectory;

namespace {

const std::string code = R"(// #region wait
    int wait() {
        // #region call
        return 42;
        // #endregion
    }
    // #endregion
// #region open
)";

const std::string marker = "<!-- snippet: code.cpp#wait -->\n";
const std::string snippet = "```cpp\nint wait() {\n    return 42;\n}\n```\n";

/// A folder with the code above and one lesson.
class Folder {
  public:
    explicit Folder(const std::string& lesson) {
        std::ofstream(directory_.file("code.cpp")) << code;
        std::ofstream(lesson_file()) << lesson;
    }
    std::string lesson_file() const { return directory_.file("lesson.md"); }
    std::string lesson() const { return read_file(lesson_file()); }

    /// What `woven` makes of the lesson.
    std::string woven() const {
        const Recordings recordings{six::bench::some_results(), "", R"({"speed": 1234.5})"};
        return six::docs::woven(lesson(), directory_.path(), recordings);
    }

    /// Runs weave on it, with what the course has recorded. Returns what it says is wrong.
    std::string weave(const std::string& mode, Exit expected) const {
        ServerProcess process{{SIX_WEAVE_PATH, {mode, SIX_RECORDING, lesson_file()}}};
        CHECK(process.wait_for_exit() == expected);
        return process.stderr_text();
    }

  private:
    TemporaryDirectory directory_;
};

std::string words(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "word ";
    return text;
}

}  // namespace

// --- snippets ---

TEST_CASE("a snippet that has drifted from the code is put right", "[docs]") {
    const Folder folder("Before.\n" + marker + "```cpp\nint wait() {\n```\nAfter.\n");
    CHECK(folder.woven() == "Before.\n" + marker + snippet + "After.\n");
}

TEST_CASE("a region that is missing, or never ends, is named", "[docs]") {
    const auto complaint = [](const std::string& name) {
        return "code.cpp#" + name + ": ";
    };
    for (const std::string name : {"missing", "open"}) {
        const Folder folder("<!-- snippet: code.cpp#" + name + " -->\n```cpp\n```\n");
        CHECK_THROWS_WITH(folder.woven(), ContainsSubstring(complaint(name)));
    }
    CHECK_THROWS_WITH(Folder("<!-- snippet: none.cpp#x -->\n```cpp\n```\n").woven(),
                      ContainsSubstring("none.cpp"));
}

TEST_CASE("a fence that is open swallows nothing of what follows it", "[docs]") {
    const std::string open = marker + "```cpp\nint wait() {\n\nProse.\n\n";
    for (const std::string& rest : {std::string(), "```sh\nls\n```\n" + marker + snippet})
        CHECK_THROWS_WITH(Folder(open + rest).woven(),
                          ContainsSubstring("the fence is open: code.cpp#wait"));
    CHECK_THROWS_WITH(Folder(marker + "\n" + snippet).woven(),
                      ContainsSubstring("no ```cpp follows code.cpp#wait"));
}

// --- figures ---

TEST_CASE("a figure that differs from the recording is put right", "[docs]") {
    const Folder folder(
        "<!-- figure: large/clients -->4,999<!-- /figure --> clients, and "
        "<!-- figure: large/02 threads/threads -->a few<!-- /figure --> threads, "
        "<!-- recorded: speed | .1 -->1<!-- /recorded --> a second\n");
    CHECK(folder.woven() ==
          "<!-- figure: large/clients -->5,000<!-- /figure --> clients, and "
          "<!-- figure: large/02 threads/threads -->5,001<!-- /figure --> threads, "
          "<!-- recorded: speed | .1 -->1,234.5<!-- /recorded --> a second\n");
}

TEST_CASE("a bill says how many machines an application needs, and which resource binds",
          "[docs]") {
    const std::string bill =
        Folder("<!-- bill: large | 1000 | 60000 -->\n<!-- /bill -->\n").woven();
    CHECK_THAT(bill, ContainsSubstring("| waiting 1 s | | waiting 60 s | |\n"));
    CHECK_THAT(bill, ContainsSubstring("20,000 requests/s"));
    const auto threads =
        six::bench::bill_for(six::bench::thread_each(), {.waiting_ms = 60'000});
    REQUIRE(threads);
    CHECK_THAT(bill, ContainsSubstring(" | " + six::bench::brief(threads->binding.servers) +
                                       " | " + threads->binding.resource + " |\n"));
    CHECK_THAT(bill, ContainsSubstring(" | - | - | - | - |\n"));  // it didn't start
}

TEST_CASE("a figure that nobody has recorded is named", "[docs]") {
    CHECK_THROWS_WITH(Folder("<!-- figure: large/speed -->1<!-- /figure -->\n").woven(),
                      ContainsSubstring("no figure is called speed"));
    CHECK_THROWS_WITH(Folder("<!-- recorded: memory -->1<!-- /recorded -->\n").woven(),
                      ContainsSubstring("has not recorded memory"));
    CHECK_THROWS_WITH(Folder("<!-- figure: large/clients -->5,000\n").woven(),
                      ContainsSubstring("no end of figure: large/clients"));
}

TEST_CASE("the lines of a region are counted without the marks inside it", "[docs]") {
    CHECK(Folder("<!-- lines: code.cpp#wait -->9<!-- /lines --> lines\n").woven() ==
          "<!-- lines: code.cpp#wait -->3<!-- /lines --> lines\n");
}

TEST_CASE("the lines of a whole file are counted as they are", "[docs]") {
    CHECK(Folder("<!-- lines: code.cpp -->3<!-- /lines --> lines\n").woven() ==
          "<!-- lines: code.cpp -->8<!-- /lines --> lines\n");
    CHECK_THROWS_WITH(Folder("<!-- lines: mode.cpp -->3<!-- /lines -->\n").woven(),
                      ContainsSubstring("mode.cpp"));
}

// --- what else has to be so ---

TEST_CASE("C++ that is no snippet says why it is not compiled", "[docs]") {
    const std::string fence = "```cpp\nwait();\n```\n";
    CHECK(complaints("<!-- not compiled: a call as such -->\n" + fence, false).empty());
    CHECK(complaints(marker + snippet + "\n```sh\nls\n```\n", false).empty());

    const auto wrong = complaints("A call:\n" + fence, false);
    REQUIRE(wrong.size() == 1);
    CHECK_THAT(wrong[0], ContainsSubstring("line 2: C++ that is not compiled"));
    CHECK(complaints(fence, false).size() == 1);
    CHECK(complaints("<!-- not compiled:  -->\n" + fence, false).size() == 1);
    CHECK(complaints("```sh\nls\n", false).front() == "line 1: the fence is open");
}

TEST_CASE("the words of a lesson are those that are read as a text", "[docs]") {
    CHECK(words_in("## Two words\n\n- and `three` more — of <!-- not\nthese -->them\n") ==
          7);
    CHECK(words_in("one\n```sh\nls -l\n```\n| a | table |\ntwo\n") == 2);
}

TEST_CASE("a lesson has 800 to 1,800 words", "[docs]") {
    for (const std::size_t good : {800u, 1'800u})
        CHECK(complaints(words(good), true).empty());
    for (const std::size_t bad : {799u, 1'801u}) {
        CHECK_THAT(complaints(words(bad), true).at(0),
                   ContainsSubstring("not " + std::to_string(bad)));
        CHECK(complaints(words(bad), false).empty());
    }
    CHECK(is_lesson("/course/05_coroutines/README.md"));
    CHECK_FALSE(is_lesson("/course/06_full_server/postgres/README.md"));
    CHECK_FALSE(is_lesson("/course/README.md"));
}

// --- the program ---

TEST_CASE("the check fails until the text is written anew", "[docs]") {
    const Folder folder(marker + "```cpp\n```\n");
    CHECK_THAT(folder.weave("--check", Exit{1}),
               ContainsSubstring("lesson.md: differs from the code or the recording"));
    CHECK(folder.weave("--write", Exit{0}) == "");
    CHECK(folder.lesson() == marker + snippet);
    CHECK(folder.weave("--check", Exit{0}) == "");
}

TEST_CASE("what can't be put right is left as it is, and fails", "[docs]") {
    for (const std::string& lesson :
         {marker + "```cpp\nint", std::string("```cpp\nwait();\n```\n"),
          std::string("<!-- snippet: code.cpp#missing -->\n```cpp\n```\n")}) {
        const Folder folder(lesson);
        for (const char* mode : {"--check", "--write"})
            CHECK_THAT(folder.weave(mode, Exit{1}), ContainsSubstring("lesson.md: "));
        CHECK(folder.lesson() == lesson);
    }
}
