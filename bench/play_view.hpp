// How a round looks on a terminal. Pure: state in, a screen of text out. Read first:
// play_model.hpp, play_words.hpp, play_canvas.hpp.
#pragma once

#include "bench/play_canvas.hpp"
#include "bench/play_model.hpp"
#include "bench/play_words.hpp"

namespace six::play {

/// Everything that is to be seen.
struct Scene {
    Server server;
    Round round;
    Time now{};  ///< of the round
    int round_number = 1;
    bool help = false;
};

/// The smallest screen that shows all of it.
inline constexpr int least_columns = 80;
inline constexpr int least_rows = 22;

/// Draws the scene, or, where that doesn't fit, says so.
Canvas draw(const Scene& scene, int columns, int rows);

/// "4.2 s"; "7 ms" for what is hardly any time
std::string seconds(Time time);

}  // namespace six::play
