// What `play` knows about one round: two clients, the order of what they did, and what the
// system shows of the server's threads. Pure: events in, state out; no clock, no socket.
// Read next: play_words.hpp (what it means), play_view.hpp (how it looks), play_session.hpp
// (where the events come from).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace six::play {

/// Since the round's first press.
using Time = std::chrono::milliseconds;

enum class Who { first, second };
inline constexpr std::array both{Who::first, Who::second};
Who other(Who who);
/// "first" or "second".
const char* name(Who who);

/// How far a client has come, in this order. `lost`: its connection broke.
enum class Stage { absent, head_sent, body_sent, answered, lost };

/// A client has reached a stage.
struct Event {
    Who who = Who::first;
    Stage stage = Stage::absent;
    Time at{};
    std::string text = {};  ///< the answer, or how the connection broke

    bool operator==(const Event&) const = default;
};

/// The system call that a thread sleeps in, as far as it tells who is waited for.
enum class Call { running, recv, poll, epoll_wait, futex, sleep, disk, other };

/// One thread of the server, as /proc shows it.
struct Thread {
    Call call = Call::running;
    std::optional<Who> on = {};  ///< whose socket it sleeps on, in recv()
    long sleeps = 0;  ///< how often it has fallen asleep: the same number, the same sleep

    bool operator==(const Thread&) const = default;
};

/// The server's end of a client's connection, as /proc shows it.
struct Line {
    bool accepted = false;
    std::size_t unread = 0;  ///< bytes that the server's kernel has and the server hasn't
    std::size_t unsent = 0;  ///< bytes of the answer that the client's kernel hasn't

    bool operator==(const Line&) const = default;
};

/// One look at the server.
struct Look {
    std::vector<Thread> threads = {};
    bool shows_calls = false;  ///< false: only the number of threads is known
    std::array<std::optional<Line>, 2> lines = {};

    bool operator==(const Look&) const = default;
};

/// Two clients, from the first press to the last answer.
class Round {
  public:
    void reached(const Event& event) { history_.push_back(event); }
    void looked(const Look& look) { look_ = look; }

    Stage stage(Who who) const;
    /// When it got there; nothing if it didn't.
    std::optional<Time> when(Who who, Stage stage) const;
    /// The text of the client's last event.
    std::string text(Who who) const;
    /// Neither will change any more.
    bool over() const;
    /// Who was answered, in that order.
    std::vector<Who> answered() const;
    const std::vector<Event>& history() const { return history_; }

    const Look& look() const { return look_; }
    /// How many threads sleep in recv() on this client, and can't serve anybody else.
    std::size_t threads_on(Who who) const;
    std::size_t unread(Who who) const;
    /// Connected by the kernel, and not accepted by the server.
    bool at_the_door(Who who) const;
    /// The server has read this client's head, waits for its body, and no thread sleeps for
    /// that: one listens to everybody instead.
    bool parked(Who who) const;
    /// This client has sent all and is not answered.
    bool waits(Who who) const { return stage(who) == Stage::body_sent; }
    /// This client came later and was answered before the other one.
    bool overtook(Who who) const;
    /// This client had sent everything before the other one's body was out, and was
    /// answered after it.
    bool had_to_wait(Who who) const;

  private:
    std::size_t position(Who who, Stage stage) const;

    std::vector<Event> history_;
    Look look_;
};

/// True if two looks show a server that will do nothing until a client does something:
/// every thread slept through both, and whoever has sent all has not been heard.
bool at_rest(const Look& before, const Round& now);

}  // namespace six::play
