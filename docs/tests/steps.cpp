// The steps that all six servers take, under the same names: `./course diff NN` finds them
// by these, to show what has become of each since the chapter before.
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "docs/weave/snippets.hpp"

using namespace six::docs;

namespace {

namespace fs = std::filesystem;

/// Programs of a chapter that are not its server: they take the same steps in their own
/// way.
bool is_other_program(const std::string& name) {
    return name.starts_with("on_asio") || name == "one_awaiter.cpp" ||
           name == "bare_loop.cpp";
}

/// How often each region occurs in the sources of a chapter's server.
std::map<std::string, int> regions_of(const fs::path& chapter) {
    const std::string mark = "// #region ";
    std::map<std::string, int> regions;
    for (const auto& entry : fs::directory_iterator(chapter)) {
        const fs::path file = entry.path();
        if (file.extension() != ".cpp" && file.extension() != ".hpp") continue;
        if (is_other_program(file.filename())) continue;
        for (const std::string& line : lines_of(read_file(file)))
            if (const auto at = line.find(mark); at != std::string::npos)
                ++regions[line.substr(at + mark.size())];
    }
    return regions;
}

}  // namespace

TEST_CASE("all six servers mark the same steps", "[docs]") {
    std::vector<fs::path> chapters;
    for (const auto& entry : fs::directory_iterator(SIX_SOURCE_FOLDER))
        if (entry.path().filename().string().starts_with("0"))
            chapters.push_back(entry.path());
    std::sort(chapters.begin(), chapters.end());
    REQUIRE(chapters.size() == 6);

    const std::vector<std::string> all{"accept", "serve", "route", "save-item", "respond"};
    const std::vector<std::string> borrowed{"read-head", "read-body", "receive",
                                            "wait-for-database"};
    for (const fs::path& chapter : chapters) {
        INFO(chapter.string());
        const auto regions = regions_of(chapter);
        std::vector<std::string> steps = all;
        if (chapter.filename() != "02_threads")  // which reads and saves as 01 does
            steps.insert(steps.end(), borrowed.begin(), borrowed.end());
        if (chapter.filename() != "01_blocking") steps.push_back("drain");
        for (const std::string& step : steps) {
            INFO("the step: " << step);
            CHECK(regions.contains(step));
        }
        for (const auto& [name, count] : regions) {
            INFO("the region: " << name);
            CHECK(count == 1);
        }
    }
}
