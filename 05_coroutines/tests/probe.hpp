// What the tests of the coroutines look through: objects that are counted, a door that
// opens on command, and a check that a bug is caught by its assertion.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <coroutine>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace six::test {

/// Counts how many of its kind are alive. One test at a time.
class Probe {
  public:
    Probe() noexcept { ++alive_; }
    Probe(const Probe&) noexcept { ++alive_; }
    Probe(Probe&&) noexcept { ++alive_; }
    Probe& operator=(const Probe&) = default;
    Probe& operator=(Probe&&) = default;
    ~Probe() { --alive_; }
    static int alive() noexcept { return alive_; }

  private:
    static inline int alive_ = 0;
};

/// `co_await door` waits until `open`, which resumes the waiting task inside the call.
class Door {
  public:
    class Wait {
      public:
        explicit Wait(Door& door) : door_(door) {}
        ~Wait() { door_.waiting_ = nullptr; }
        Wait(const Wait&) = delete;
        Wait& operator=(const Wait&) = delete;
        bool await_ready() const { return door_.open_; }
        void await_suspend(std::coroutine_handle<> task) { door_.waiting_ = task; }
        void await_resume() const {}

      private:
        Door& door_;
    };
    Wait operator co_await() { return Wait(*this); }

    void open() {
        open_ = true;
        if (waiting_) std::exchange(waiting_, nullptr).resume();
    }
    bool somebody_waits() const { return waiting_ != nullptr; }

  private:
    bool open_ = false;
    std::coroutine_handle<> waiting_;
};

/// True if `action` fails an assertion. Runs it in a process of its own.
template <class Action>
bool aborts(Action action) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(STDERR_FILENO);
        std::signal(SIGABRT, SIG_DFL);
        action();
        std::_Exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace six::test
