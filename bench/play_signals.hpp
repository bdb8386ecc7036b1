// The signals that ask `play` to end. They are noted, so that everything that has been
// started or taken over is given back by its owner.
#pragma once

namespace six::play {

/// Thrown where somebody waits when the signal has come.
struct Interrupted {
    int signal;
};

/// From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT are only noted. Throws
/// std::system_error.
void note_end_signals();
/// The last of them; 0: none has come.
int end_signal();
/// Becomes readable when one has come; poll it, don't read it.
int end_signal_fd();

}  // namespace six::play
