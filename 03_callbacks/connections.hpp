// Who is connected, and how all of them are brought to an end.
#pragma once

#include <functional>
#include <unordered_set>

namespace six::callbacks {

class Connection;

/// The open connections of the server. They enter and leave it themselves. Loop's thread
/// only.
class Connections {
  public:
    void enter(Connection& connection) { open_.insert(&connection); }
    void leave(Connection& connection);

    bool draining() const { return static_cast<bool>(when_empty_); }
    /// Closes the idle ones; the others close when their request is answered. Calls back
    /// once the last one has gone: at once, if there is none.
    void drain(std::function<void()> when_empty);

  private:
    std::unordered_set<Connection*> open_;
    std::function<void()> when_empty_;
};

}  // namespace six::callbacks
