// The scripts of a page with plots, as Node reads them.
#pragma once

#include <fstream>
#include <string>

#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/skip.hpp"

namespace six::bench {

/// All scripts of a page, as one: they see each other's names.
inline std::string scripts_in(const std::string& page) {
    const std::string begin = "<script>";
    std::string scripts;
    for (std::size_t at = page.find(begin); at != std::string::npos;
         at = page.find(begin, at + 1))
        scripts +=
            page.substr(at + begin.size(), page.find("</script>", at) - at - begin.size());
    return scripts;
}

/// Fails where Node finds an error of syntax, or a name that is there twice. Whether they
/// do what they should is seen in a browser (.ci/pages).
inline void check_scripts(const std::string& page) {
    const std::string scripts = scripts_in(page);
    REQUIRE(scripts.size() > 1000);
    const testing::TemporaryDirectory folder;
    const std::string file = folder.file("page.js");
    std::ofstream(file) << scripts;
    testing::ServerProcess node{{"/usr/bin/env", {"node", "--check", file}}};
    const testing::Exit exit = node.wait_for_exit();
    if (exit.status == 127) return testing::report_skip("Node.js is not there");
    INFO(node.stderr_text());
    CHECK(exit == testing::Exit{});
}

}  // namespace six::bench
