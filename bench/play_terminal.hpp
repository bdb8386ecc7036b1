// The terminal, taken over for as long as `play` runs and given back on every way out.
#pragma once

#include <string>
#include <vector>

#include "bench/play_canvas.hpp"

namespace six::play {

enum class Key { first, second, new_round, help, quit, unknown };

/// Takes the whole keys off `bytes` as they came from the terminal, and leaves the
/// beginning of an escape sequence. Pure.
std::vector<Key> take_keys(std::string& bytes);

/// Whether standard input and output are a terminal.
bool has_terminal();

/// Full screen and single keys, until its end; a crash (SIGSEGV, SIGABRT …) gives the
/// terminal back, too. One at a time.
class Terminal {
  public:
    /// Throws std::system_error.
    Terminal();
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// Blocks until a key, an end signal or something on the `descriptors` is there (true),
    /// or the time is over (false).
    bool wait(const std::vector<int>& descriptors, int time_ms) const;
    /// The keys that were pressed since the last call. Doesn't block.
    std::vector<Key> keys();

    int columns() const;
    int rows() const;
    /// Shows it; writes only the lines that changed.
    void show(const Canvas& canvas);

  private:
    std::string bytes_;  // read, and no whole key yet
    LineStyle style_;
    std::vector<std::string> shown_;  // line by line
};

}  // namespace six::play
