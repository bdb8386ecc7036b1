#include "bench/play_live.hpp"

#include "bench/play_terminal.hpp"
#include "bench/play_view.hpp"

namespace six::play {

namespace {

using namespace std::chrono_literals;

constexpr int tick_ms = 100;  // how often the clocks on the screen go on
// Not to show the moment between a press and what it sets going.
constexpr auto settle_time = 50ms;

/// What a key does. False: quit.
bool act(Key key, Session& session, bool& help) {
    if (help) {  // any key but one goes back
        help = false;
        return key != Key::quit;
    }
    switch (key) {
        case Key::first: session.press(Who::first); break;
        case Key::second: session.press(Who::second); break;
        case Key::new_round: session.new_round(); break;
        case Key::help: help = true; break;
        case Key::quit: return false;
        case Key::unknown: break;
    }
    return true;
}

}  // namespace

void play_live(Session& session) {
    Terminal terminal;
    bool help = false;
    bool something_happens = true;
    while (true) {
        for (const Key key : terminal.keys()) {
            if (!act(key, session, help)) return;
            something_happens = true;
        }
        session.settle(something_happens ? settle_time : 0ms);
        terminal.show(draw({session.server(), session.round(), session.now(),
                            session.round_number(), help},
                           terminal.columns(), terminal.rows()));
        something_happens = terminal.wait(session.descriptors(), tick_ms);
    }
}

}  // namespace six::play
