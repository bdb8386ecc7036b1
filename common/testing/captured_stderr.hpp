// What this process says on stderr, for tests of functions that report there.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "common/testing/descriptor.hpp"
#include "common/testing/files.hpp"
#include "common/testing/temporary_directory.hpp"

namespace six::testing {

/// Takes the place of stderr as long as it lives. One at a time.
class CapturedStderr {
  public:
    CapturedStderr() {
        const Descriptor file{
            ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
        ::dup2(file.get(), STDERR_FILENO);
    }
    ~CapturedStderr() { ::dup2(before_.get(), STDERR_FILENO); }
    CapturedStderr(const CapturedStderr&) = delete;
    CapturedStderr& operator=(const CapturedStderr&) = delete;

    std::string text() const { return read_file(file_); }

  private:
    const TemporaryDirectory directory_;
    const std::string file_ = directory_.file("stderr");
    const Descriptor before_{::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)};
};

}  // namespace six::testing
