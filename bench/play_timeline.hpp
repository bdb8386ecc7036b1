// The time-line at the foot of the screen: who did what, and when.
#pragma once

#include "bench/play_canvas.hpp"
#include "bench/play_model.hpp"

namespace six::play {

/// An axis and a lane for each client.
inline constexpr int timeline_rows = 4;

/// Draws the round from its first press to `now` over the whole width.
void draw_timeline(Canvas& canvas, int row, const Round& round, Time now);

}  // namespace six::play
