// What the benchmark has measured, as plain values: the tables, the JSON file and the page
// are made of these. Read before: rounds.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/results.hpp"
#include "bench/speed/rounds.hpp"
#include "bench/speed/statistics.hpp"

namespace six::speed {

/// One server in one match.
struct Row {
    std::string key;
    std::string name;
    std::string missing;               ///< why it was not measured; empty: it was
    double per_second = 0;             ///< median of the rounds
    Quartiles to_base;                 ///< its rate to that of the match's base
    std::optional<Quartiles> from_06;  ///< the rate of 06 to its
    double p50_us = 0;                 ///< over all rounds
    double p99_us = 0;
    double generator_share = 0;  ///< of a core: median of the rounds
    double server_share = 0;     ///< of a core, the same
    double server_us = 0;        ///< on the CPU for each request: median of the rounds
    Quartiles us_to_base;        ///< that to the same of the match's base
    std::uint64_t refused = 0;   ///< answers with another status than 200
    std::uint64_t broken = 0;    ///< connections that ended without an answer

    /// Above this the generator may have been what was slow, and the rate not the server's.
    /// Its time on the CPU for a request is.
    static constexpr double busy = 0.9;
    bool generator_was_busy() const { return generator_share > busy; }
};

/// All servers under the same requests on so many connections.
struct Match {
    std::string what;  ///< "health", "post", "waits" or "loops"
    int connections = 0;
    double pause_ms = 0;  ///< of each request, between its head and its body
    std::string base;     ///< key of the server to which the ratios are
    int rounds = 0;
    int repeated = 0;
    int noisy = 0;
    bool connected_anew = false;  ///< for each turn, for want of sockets for all at once
    double others_share = 0;      ///< of all CPUs, by other programs: median of the rounds
    std::vector<Row> rows;

    /// What those who pause can ask at most, a second, if nothing took any time.
    double ceiling() const { return pause_ms > 0 ? connections * 1000 / pause_ms : 0; }
};

/// What the clients of GET /health notice while a server saves.
struct Meanwhile {
    std::string key;
    std::string name;
    std::string missing = {};  ///< why it was not measured; empty: it was
    int posts = 64;            ///< connections that save
    int gets = 8;              ///< connections that ask for /health
    int rounds = 0;
    int noisy = 0;                ///< of them
    double posts_per_second = 0;  ///< median of the rounds
    Quartiles p50_us = {};        ///< of GET /health, in each round
    Quartiles p99_us = {};
    Quartiles alone_p50_us = {};  ///< the same without anybody who saves
    Quartiles alone_p99_us = {};
};

/// What a GET /health costs, by count. Nothing: the tool is missing.
struct Count {
    std::string key;
    std::string name;
    std::string missing;
    std::optional<double> instructions;  ///< in user space, 64 connections
    std::optional<double> at_1024;       ///< the same for so many; of 04, 05 and 06
    std::optional<double> calls_at_64;   ///< system calls, 64 connections
    std::optional<double> calls_at_1;
    std::optional<double> locks;  ///< mutexes taken, 64 connections
};

struct Bytes {
    Quartiles user;    ///< in the process's own memory
    Quartiles kernel;  ///< in the kernel's, for both ends of the connection
};

/// What one of many connections to a server costs in memory (holding.hpp).
struct Holding {
    std::string key;
    std::string name;
    std::string missing;
    int connections = 0;
    Bytes idle;                 ///< keep-alive, after a request
    std::optional<Bytes> body;  ///< its head is there, its body isn't; nothing: reads none
};

/// What a step costs, by one compiler (prices.hpp).
struct Price {
    std::string what;
    std::string compiler;
    Quartiles ns;
};

/// What one operation on 04's timers costs while others are armed, in ns (growth.hpp).
struct TimerCost {
    double armed = 0;
    Quartiles arm_and_cancel;  ///< due at any time
    Quartiles arm_last;        ///< the same, due after all others: as servers do it
    Quartiles arm_and_fire;    ///< due at any time
};

/// What grows with what.
struct Growth {
    std::vector<Match> matches;  ///< GET /health, on more and more connections
    std::optional<Match> loops;  ///< 06 with one loop and with two
    std::vector<TimerCost> timers;
};

struct Results {
    std::string command;
    bench::MachineInfo machine;
    std::vector<std::string> notes;
    double seconds = 0;  ///< of one server's turn in a round
    std::vector<Match> matches;
    std::vector<Meanwhile> meanwhile;  ///< with each place for the save
    std::vector<Count> counts;
    std::vector<Holding> holdings;
    std::vector<Match> waits;
    std::vector<Price> prices;
    std::optional<Growth> growth;
};

/// Makes rows of the rounds: `rows` have their keys and names and are in the entrants'
/// order.
void add_figures(Match& match, const Rounds& rounds);

/// As JSON.
std::string to_json(const Results& results);
/// One HTML file with everything in it, to be opened without a network.
std::string page(const Results& results);

}  // namespace six::speed
