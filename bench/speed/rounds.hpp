// Paired rounds: in each of them every server is measured once, a moment after the others,
// so that what the machine does meanwhile hits all of them. Read before: generator.hpp,
// statistics.hpp.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "bench/speed/generator.hpp"

namespace six::speed {

/// Who takes part. Both functions are called on the caller's thread.
struct Entrant {
    std::function<Tally()> run;
    std::function<std::chrono::nanoseconds()> cpu_time;  ///< of the server, until now
};

struct Round {
    std::size_t number = 0;             ///< in the order in which they were measured
    std::vector<Tally> tallies;         ///< one for each entrant, in their order
    std::vector<std::string> failures;  ///< why there is no tally; empty: there is one
    double others_share = 0;            ///< of all CPUs, taken by other programs meanwhile
};

struct RoundsWanted {
    int rounds = 7;
    double quiet_share = 0.05;  ///< a round in which others took more is repeated
};

struct Rounds {
    std::vector<Round> rounds;  ///< as many as wanted
    int repeated = 0;           ///< were measured besides, and left out
    int noisy = 0;              ///< of `rounds`, for want of quieter ones
};

/// The entrants' numbers in the order in which round `round` takes them: each round begins
/// with another one.
std::vector<std::size_t> order_of(std::size_t entrants, std::size_t round);

/// Of the measured rounds the `wanted` quietest, in the order in which they were measured.
Rounds quietest(std::vector<Round> measured, const RoundsWanted& wanted);

/// Measures until there are enough quiet rounds, at most twice as many as wanted. `look` is
/// called after each entrant's turn with the round's number, from 0: for a line that moves,
/// or to throw. An entrant that throws std::exception has failed in that round.
Rounds play(const std::vector<Entrant>& entrants, const RoundsWanted& wanted,
            const std::function<void(std::size_t round)>& look);

}  // namespace six::speed
