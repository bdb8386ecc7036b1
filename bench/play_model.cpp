#include "bench/play_model.hpp"

#include <algorithm>

namespace six::play {

namespace {

std::size_t index(Who who) {
    return who == Who::first ? 0 : 1;
}

}  // namespace

Who other(Who who) {
    return who == Who::first ? Who::second : Who::first;
}

const char* name(Who who) {
    return who == Who::first ? "first" : "second";
}

Stage Round::stage(Who who) const {
    Stage stage = Stage::absent;
    for (const Event& event : history_)
        if (event.who == who) stage = std::max(stage, event.stage);
    return stage;
}

std::optional<Time> Round::when(Who who, Stage stage) const {
    const std::size_t found = position(who, stage);
    if (found == history_.size()) return std::nullopt;
    return history_[found].at;
}

std::string Round::text(Who who) const {
    std::string text;
    for (const Event& event : history_)
        if (event.who == who) text = event.text;
    return text;
}

bool Round::over() const {
    return std::ranges::all_of(both,
                               [&](Who who) { return stage(who) >= Stage::answered; });
}

std::vector<Who> Round::answered() const {
    std::vector<Who> order;
    for (const Event& event : history_)
        if (event.stage == Stage::answered) order.push_back(event.who);
    return order;
}

std::size_t Round::threads_on(Who who) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        look_.threads, [&](const Thread& thread) { return thread.on == who; }));
}

std::size_t Round::unread(Who who) const {
    const auto& line = look_.lines[index(who)];
    return line ? line->unread : 0;
}

bool Round::at_the_door(Who who) const {
    const auto& line = look_.lines[index(who)];
    return line && !line->accepted;
}

bool Round::parked(Who who) const {
    const auto& line = look_.lines[index(who)];
    const bool read = line && line->accepted && line->unread == 0;
    const bool heard = std::ranges::any_of(look_.threads, [](const Thread& thread) {
        return thread.call == Call::epoll_wait || thread.call == Call::poll;
    });
    return stage(who) == Stage::head_sent && read && heard && threads_on(who) == 0;
}

bool Round::overtook(Who who) const {
    const auto order = answered();
    return !order.empty() && order.front() == who && history_.front().who != who;
}

bool Round::had_to_wait(Who who) const {
    const Who held = other(who);
    const std::size_t held_sends = position(held, Stage::body_sent);
    return held_sends < history_.size() && position(who, Stage::body_sent) < held_sends &&
           position(held, Stage::answered) < position(who, Stage::answered);
}

/// Where in the history; past its end if nowhere.
std::size_t Round::position(Who who, Stage stage) const {
    const auto found = std::ranges::find_if(history_, [&](const Event& event) {
        return event.who == who && event.stage == stage;
    });
    return static_cast<std::size_t>(found - history_.begin());
}

bool at_rest(const Look& before, const Round& now) {
    const Look& look = now.look();
    const auto asleep = [](const Thread& thread) {
        return thread.call != Call::running && thread.call != Call::disk &&
               thread.call != Call::other;
    };
    if (look != before || !look.shows_calls || !std::ranges::all_of(look.threads, asleep))
        return false;
    return std::ranges::all_of(both, [&](Who who) {
        const auto& line = look.lines[index(who)];
        const bool on_its_way = line && line->unsent > 0;
        return !on_its_way && (!now.waits(who) || now.unread(who) > 0);
    });
}

}  // namespace six::play
