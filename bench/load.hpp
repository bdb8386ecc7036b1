// What the clients of a run want, how many there are, and when each comes. Pure: no clock,
// no socket. Read next: client.hpp (what one client does), run.hpp (all of them at once).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace six::bench {

using Seconds = std::chrono::duration<double>;

/// A load that every server gets alike.
///
///     0                pause            pause + window      + patience
///     | the first ones | steady: as many | nobody new comes, | end
///     | come           | go as come      | late ones finish  |
///
/// The steady window is what is measured. In it the clients are answered that came in the
/// first `window` of the run: they are the ones that are *counted*. Those who come later
/// only keep the load as it is.
struct Load {
    /// open: clients come on schedule, whether or not earlier ones were answered, each for
    /// one request. closed: each client comes again as soon as it has been answered; a
    /// server that is slow gets fewer requests, so its latencies look better than they are
    /// ("coordinated omission").
    enum class Loop { open, closed };

    std::string name;  ///< "small", "large"
    Loop loop = Loop::open;
    int clients = 0;      ///< at once, as long as nobody has to wait for others
    Seconds pause{0};     ///< of each client, between its head and its body
    Seconds window{0};    ///< of measuring
    Seconds patience{1};  ///< how late the last ones may be answered and still count
    std::size_t body_bytes = 200;
    double rate = 0;  ///< open loop: clients that come per second

    Seconds ramp() const;  ///< until it is steady
    Seconds steady_end() const { return ramp() + window; }
    Seconds longest() const { return steady_end() + patience; }
    /// How many clients come; closed: how many there are.
    std::size_t arrivals() const;
    /// When a client comes (index 0, 1, …), from the start of the run on.
    Seconds arrival(std::size_t index) const;
    /// How many of them are counted: the first ones.
    std::size_t counted() const;
    /// As many connections may be open at once, if nobody is answered.
    std::size_t sockets() const { return arrivals(); }
    bool operator==(const Load&) const = default;
};

/// Hundreds of clients with a pause of one second: 400 at a time, 400 a second.
Load small_load();
/// 5,000 clients with a pause of five seconds: 1,000 a second.
Load large_load();
/// The same in little: for tests, and for a first look.
Load quick(Load load);

/// What a machine allows a process that connects to one server.
struct Allowed {
    std::size_t sockets;  ///< open at once (RLIMIT_NOFILE)
    std::size_t ports;    ///< connections in a minute: each uses up a local port until a
                          ///< minute after its end (TIME_WAIT, RFC 9293, section 3.3.2)
};

/// The load as far as the machine allows it, and if that is less, a line that says so.
struct Fitted {
    Load load;
    std::optional<std::string> note;
};
Fitted fit(Load load, const Allowed& allowed);

}  // namespace six::bench
