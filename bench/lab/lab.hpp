// The fault lab: does one fault to a real server and says what its clients felt. The
// verdict is computed from what was seen; no fault knows which chapter it is done to. Read
// next: subject.hpp, then client_faults.cpp, system_faults.cpp, crash_faults.cpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace six::lab {

/// Which server, and how it is started besides what the fault needs.
struct Server {
    std::string number;   ///< "01"
    std::string program;  ///< its path
    std::vector<std::string> options = {};
};

/// How long a healthy client waits before we say that it is not served.
inline constexpr std::chrono::milliseconds patience{1500};

/// What was seen while a server had a fault and after it. The defaults are those of a
/// server that doesn't mind.
struct Observed {
    bool alive = true;  ///< it runs still, or has ended as it was asked to
    /// Healthy clients were answered within `patience`; nothing: none could ask.
    std::optional<bool> others = {};
    std::chrono::milliseconds slowest{0};         ///< answer that one of them got
    std::chrono::milliseconds waited = patience;  ///< by one that got no answer
    bool spins = false;   ///< it burns the processor and gets nowhere
    bool fair = true;     ///< who caused the fault, or met it, got what it should get
    std::string fate;     ///< what it got, in one word; empty: nothing worth a word
    std::string note;     ///< the same in a clause
    bool stores = false;  ///< the fault is about items: the next three are said
    std::size_t acknowledged = 0;  ///< items, with 200
    std::size_t lost = 0;          ///< of them, or not as they were
    bool whole = true;             ///< SQLite's integrity_check says ok
    bool recovers = true;          ///< afterwards an item is saved and read back in time
    bool leaks = false;            ///< descriptors stay open when all clients have left
};

/// What a table and a line of text say of it.
struct Verdict {
    std::string word;  ///< at most 8 characters
    bool good = true;
    bool skipped = false;  ///< this machine or this build can't do it
    std::string says;      ///< one sentence
};

/// From facts alone. The worst comes first: a dead server has no slow clients. Pure.
Verdict judge(const Observed& seen);
/// What a word of a verdict means, for a legend; empty if it says it itself. Pure.
std::string meaning(const std::string& word);

/// Thrown by a fault that can't be done here. The message says what it would take. Not for
/// a fault that should have reached the server and didn't: that is an error.
class Skipped : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Subject;

/// One fault.
struct Fault {
    std::string name;   ///< for --only: "slow-head"
    std::string title;  ///< for a table, at most 20 characters
    std::string does;   ///< one sentence
    /// Starts the server, does it, looks. Blocks for some seconds at most. Throws Skipped,
    /// and whatever a client may throw when its server dies.
    Observed (*run)(Subject&);
};

/// All of them, in the order in which they are told.
std::vector<Fault> all_faults();
std::vector<Fault> client_faults();
std::vector<Fault> system_faults();
std::vector<Fault> crash_faults();

/// Does a fault to a new process of the server, and judges. Blocks. Throws nothing: an
/// error that is not the server's is a verdict, too ("error").
Verdict run(const Fault& fault, const Server& server);

/// How long we look on whether something that shouldn't last does.
inline constexpr std::chrono::milliseconds watching{1000};

}  // namespace six::lab
