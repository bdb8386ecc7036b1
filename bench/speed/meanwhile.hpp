// Who asks while others save: does the save delay those who need no database? Read before:
// matches.hpp.
#pragma once

#include <vector>

#include "bench/speed/matches.hpp"

namespace six::speed {

/// What one server did in one round.
struct MeanwhileTurn {
    Tally alone;  ///< GET /health while nobody saves
    Tally asked;  ///< the same while others save
    Tally saved;  ///< by the others
};

/// Those of the servers that are there for it: each saves for 64 connections while 8 others
/// ask for /health as fast as they are answered; before that, the 8 ask alone. In rounds,
/// as in a match. Both loads run on the generator's core, each in a thread of its own. A
/// server that is missing or fails has its reason in its row.
std::vector<Meanwhile> ask_while_saving(const std::vector<Contestant>& contestants,
                                        const Workshop& workshop, const Pace& pace);

/// Fills in the figures: the medians and quartiles of the turns. Pure.
void add_figures(Meanwhile& meanwhile, const std::vector<MeanwhileTurn>& turns);

}  // namespace six::speed
