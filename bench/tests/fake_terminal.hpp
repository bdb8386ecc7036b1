// A terminal for programs that draw on one, with the test at its other end.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/server_process.hpp"

namespace six::testing {

/// A terminal as a program sees it, and we at its other end.
class FakeTerminal {
  public:
    FakeTerminal() : ours_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        REQUIRE(ours_);
        REQUIRE(::grantpt(ours_.get()) == 0);
        REQUIRE(::unlockpt(ours_.get()) == 0);
        name_ = ::ptsname(ours_.get());
        theirs_ = Descriptor{::open(name_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)};
        REQUIRE(theirs_);
        resize(80, 24);
    }

    void resize(unsigned short columns, unsigned short rows) {
        const winsize size{rows, columns, 0, 0};
        REQUIRE(::ioctl(ours_.get(), TIOCSWINSZ, &size) == 0);
    }

    ServerProcess start(const std::string& program, std::vector<std::string> arguments) {
        const int terminal = theirs_.get();
        return ServerProcess{{program,
                              std::move(arguments),
                              {{"LC_ALL", "C"}, {"TERM", "xterm"}, {"NO_COLOR", ""}},
                              [terminal] {
                                  ::dup2(terminal, STDIN_FILENO);
                                  ::dup2(terminal, STDOUT_FILENO);
                              }}};
    }

    void press(const std::string& keys) {
        REQUIRE(::write(ours_.get(), keys.data(), keys.size()) ==
                static_cast<ssize_t>(keys.size()));
    }

    /// Waits until this stands in what has been written since the last such wait.
    void wait_for(const std::string& text) {
        const Deadline deadline;
        std::size_t found = 0;
        while ((found = written_.find(text, seen_)) == std::string::npos) {
            pollfd waiting{ours_.get(), POLLIN, 0};
            if (::poll(&waiting, 1, deadline.left_ms()) <= 0)
                deadline.fail("'" + text + "' on the terminal; there came: " + written_);
            std::array<char, 4096> buffer;
            const ssize_t count = ::read(ours_.get(), buffer.data(), buffer.size());
            if (count > 0) written_.append(buffer.data(), static_cast<std::size_t>(count));
        }
        seen_ = found + text.size();
    }

    /// All that has been read from it so far.
    const std::string& written() const { return written_; }

    /// Keys come one by one, unseen: what a program has to undo.
    bool is_raw() const {
        termios state{};
        REQUIRE(::tcgetattr(theirs_.get(), &state) == 0);
        return (state.c_lflag & static_cast<tcflag_t>(ICANON | ECHO)) == 0;
    }

    /// The last thing that was written shows the cursor and the screen as they were before.
    void check_given_back() {
        wait_for("\x1b[?25h\x1b[?1049l");
        CHECK_FALSE(is_raw());
    }

  private:
    Descriptor ours_;
    Descriptor theirs_;
    std::string name_;
    std::string written_;
    std::size_t seen_ = 0;
};

}  // namespace six::testing
