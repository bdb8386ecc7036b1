// A pipe that takes no more, for tests of those who must not wait for its reader.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "common/testing/descriptor.hpp"

namespace six::testing {

/// Full, until it is drained. Whoever writes to its blocking end waits. One thread.
class FullPipe {
  public:
    FullPipe() {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe");
        reader_ = Descriptor(ends[0]);
        writer_ = Descriptor(ends[1]);
        for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(reader_.get(), F_SETFL, O_NONBLOCK);
        ::fcntl(writer_.get(), F_SETFL, O_NONBLOCK);
        while (::write(writer_.get(), "x", 1) == 1) continue;
        ::fcntl(writer_.get(), F_SETFL, 0);
    }

    int writer() const { return writer_.get(); }
    /// Gives all that is in it; doesn't wait.
    std::string drain() const {
        std::string all;
        std::array<char, 4096> piece{};
        for (ssize_t count;
             (count = ::read(reader_.get(), piece.data(), piece.size())) > 0;)
            all.append(piece.data(), static_cast<std::size_t>(count));
        return all;
    }

  private:
    Descriptor reader_;
    Descriptor writer_;
};

}  // namespace six::testing
