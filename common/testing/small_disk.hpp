// A disk that is soon full.
#pragma once

#include <string>

#include "common/testing/temporary_directory.hpp"

namespace six::testing {

/// A small disk in memory, where the system lets us have one: on Linux, as root. Only this
/// process and those that it starts from now on see it; it goes with the last of them.
class SmallDisk {
  public:
    /// `size` as tmpfs(5) has it, such as "3m".
    explicit SmallDisk(const std::string& size);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    /// False: there is no disk, and the test that wanted it must be skipped.
    bool mounted() const { return mounted_; }
    std::string file(const std::string& name) const { return directory_.file(name); }

  private:
    TemporaryDirectory directory_;
    bool mounted_ = false;
};

}  // namespace six::testing
