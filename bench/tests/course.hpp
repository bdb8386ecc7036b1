// The ladder with its servers, for tests that run it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/testing/server_process.hpp"

namespace six::bench {

/// A folder with the ladder and some of the servers in it.
class Course {
  public:
    explicit Course(const std::vector<std::string>& servers) {
        std::filesystem::create_directories(programs());
        std::filesystem::copy_file(SIX_LADDER_PATH, programs() / "ladder");
        for (const std::string& server : servers)
            std::filesystem::create_symlink(
                std::filesystem::path(SIX_SERVERS_FOLDER) / server, programs() / server);
    }
    std::filesystem::path programs() const { return folder_.path() / "bin"; }
    std::string report() const { return folder_.file("report.html"); }
    std::string json() const { return folder_.file("report.json"); }
    /// What the ladder left beside the programs.
    std::size_t leftovers() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
            count += entry.path().filename().string().starts_with("demo-data");
        return count;
    }

    std::string program() const { return (programs() / "ladder").string(); }
    /// `in_child`: as in `testing::Launch`.
    testing::ServerProcess start(std::vector<std::string> options,
                                 std::function<void()> in_child = {}) const {
        options.insert(options.end(), {"--report", report()});
        return testing::ServerProcess(
            testing::Launch{program(), std::move(options), {}, std::move(in_child)});
    }

  private:
    testing::TemporaryDirectory folder_;
};

/// A load for a moment, whatever else is asked for.
inline std::vector<std::string> little(std::vector<std::string> options) {
    options.insert(options.end(), {"--load", "small", "--clients", "20", "--pause", "0.1",
                                   "--seconds", "0.2"});
    return options;
}

}  // namespace six::bench
