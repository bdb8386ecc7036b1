// A place for the files of one test.
#pragma once

#include <filesystem>
#include <string>

namespace six::testing {

/// A new directory that goes, with all that is in it, when its owner does.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// The path of a file in it, as an argument for a server.
    std::string file(const std::string& name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

}  // namespace six::testing
