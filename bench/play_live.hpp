// `play` on a terminal: keys in, pictures out.
#pragma once

#include "bench/play_session.hpp"

namespace six::play {

/// Plays until somebody quits. Throws ServerFailed when the server has ended, and
/// Interrupted; the terminal is restored by then.
void play_live(Session& session);

}  // namespace six::play
