// What one sees while the ladder runs: a bar per server, redrawn in place on a terminal, a
// line per server elsewhere.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench/results.hpp"

namespace six::bench {

/// How the display may draw.
struct Screen {
    bool redraw = false;   ///< in place; else only lines are added
    bool unicode = false;  ///< else the bars are made of '#' and '.'
    int columns = 80;
    bool colours = false;
};
/// Looks at standard output and the environment: TERM=dumb, NO_COLOR, the locale, the
/// window. `rows`: how many lines must fit for redrawing in place.
Screen look_at_screen(int rows);

/// What the load is, in one line of at most 80 columns.
std::string describe(const Load& load);

/// A server's line: its clients as a bar, which is full when everybody is being served, and
/// in figures. Pure.
std::string bar_line(const std::string& name, const Moment& moment, int clients,
                     Screen screen);

/// Draws the lines of one load. It leaves the terminal as it is at any time: no mode is
/// changed, the cursor stands below the lines between two calls. One thread.
class Progress {
  public:
    explicit Progress(Screen screen) : screen_(screen) {}

    /// A new load, with a line for each server. `title` stands above.
    void begin(const std::string& title, const Load& load, std::vector<std::string> names);
    /// The figures of the server that is being measured.
    void show(std::size_t server, const Moment& moment);
    /// What to say in place of its figures, such as why it can't be measured.
    void say(std::size_t server, const std::string& text);
    /// Leaves the figures of the window's end.
    void done(std::size_t server, const Result& result);

  private:
    void redraw();

    Screen screen_;
    Load load_;
    std::vector<std::string> names_;
    std::vector<std::string> lines_;
    bool drawn_ = false;
};

}  // namespace six::bench
