// `play` without a terminal: presses from a text, plain lines out.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "bench/play_session.hpp"

namespace six::play {

/// One word of a script: "1" presses the first client's key, "2=answered" and "2=waiting"
/// ask how the second one fares.
struct Step {
    enum class Kind { press, answered, waiting };

    Who who = Who::first;
    Kind kind = Kind::press;

    bool operator==(const Step&) const = default;
};

/// Throws std::invalid_argument, with a line that names the word that is wrong.
std::vector<Step> parse_script(const std::string& text);

/// Does these steps and tells what is seen after each one. Waits after each press until the
/// server is at rest, 30 s at most. False: a step didn't hold, and `out` says which.
bool play_script(Session& session, const std::vector<Step>& steps, std::ostream& out);

}  // namespace six::play
