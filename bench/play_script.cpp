#include "bench/play_script.hpp"

#include <array>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace six::play {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;  // a slow database and a busy machine are no failure

Step parse_step(const std::string& word) {
    const std::string rest = word.substr(1);
    const Who who = word[0] == '1' ? Who::first : Who::second;
    if (word[0] == '1' || word[0] == '2') {
        if (rest.empty()) return {who, Step::Kind::press};
        if (rest == "=answered") return {who, Step::Kind::answered};
        if (rest == "=waiting") return {who, Step::Kind::waiting};
    }
    throw std::invalid_argument("a script has 1, 2, 1=answered, 1=waiting …, but no '" +
                                word + "'");
}

/// Shows the events since `shown`, and what they come to.
void report(const Session& session, std::size_t& shown, std::ostream& out) {
    const auto& history = session.round().history();
    for (; shown < history.size(); ++shown) out << tell(history[shown]) << '\n';
    out << "    " << explain(session.round(), session.server()) << std::endl;
}

/// Waits until nothing more will happen by itself. False: it went on for too long.
bool settle(Session& session) {
    if (session.settle(patience) || !session.round().look().shows_calls) return true;
    return false;
}

/// What is asked holds: the client is answered, or is not and can't be at the moment.
bool holds(Session& session, const Step& step) {
    if (step.kind == Step::Kind::answered) {
        // Where we can't see that the server is at rest, only the answer tells.
        const bool known = session.round().look().shows_calls;
        return session.round().stage(step.who) == Stage::answered ||
               (!known && session.wait_for_answer(step.who));
    }
    session.take_news();
    return session.round().waits(step.who);
}

bool do_step(Session& session, const Step& step, std::size_t& shown, std::ostream& out) {
    if (step.kind == Step::Kind::press) {
        session.press(step.who);
        const bool settled = settle(session);
        report(session, shown, out);
        if (!settled) out << "not so: the server does not come to rest" << std::endl;
        return settled;
    }
    const bool held = holds(session, step);
    out << (held ? "yes: " : "not so: ") << "the " << name(step.who) << " is "
        << (step.kind == Step::Kind::answered ? "answered" : "waiting") << std::endl;
    return held;
}

/// Elsewhere than on Linux the last answers may still be on their way.
void wait_for_last_answers(Session& session, std::size_t& shown, std::ostream& out) {
    if (session.round().look().shows_calls) return;
    for (const Who who : both)
        if (session.round().waits(who) &&
            session.round().stage(other(who)) != Stage::head_sent)
            session.wait_for_answer(who);
    report(session, shown, out);
}

}  // namespace

std::vector<Step> parse_script(const std::string& text) {
    std::vector<Step> steps;
    std::array<int, 2> presses{};
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        steps.push_back(parse_step(word));
        const bool press = steps.back().kind == Step::Kind::press;
        if (press && ++presses[steps.back().who == Who::first ? 0 : 1] > 2)
            throw std::invalid_argument(
                "a script presses each key twice at most: for the head, and for the body");
    }
    if (steps.empty()) throw std::invalid_argument("the script is empty");
    return steps;
}

bool play_script(Session& session, const std::vector<Step>& steps, std::ostream& out) {
    std::size_t shown = 0;
    session.settle(patience);
    out << session.server().name << ", "
        << count(session.round().look().threads.size(), "thread") << '\n';
    bool held = true;
    for (std::size_t i = 0; held && i < steps.size(); ++i)
        held = do_step(session, steps[i], shown, out);
    if (held) wait_for_last_answers(session, shown, out);
    for (const Who who : both) held = held && session.round().stage(who) != Stage::lost;
    out << tell_order(session.round()) << std::endl;
    return held;
}

}  // namespace six::play
