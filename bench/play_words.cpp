#include "bench/play_words.hpp"

namespace six::play {

namespace {

std::string the(Who who) {
    return std::string("the ") + name(who);
}

std::string The(Who who) {
    return std::string("The ") + name(who);
}

std::string press(Who who) {
    return std::string("Press ") + key(who);
}

/// The thread that somebody waits for.
std::string one_thread(const Round& round) {
    return round.look().threads.size() == 1 ? "the server's only thread"
                                            : "a thread of the server";
}

std::string One_thread(const Round& round) {
    std::string text = one_thread(round);
    text[0] = text[0] == 't' ? 'T' : 'A';
    return text;
}

/// What has become of a request whose body is missing, where nobody sleeps for it.
std::string set_aside(const Server& server) {
    return server.number >= "05" ? "suspended" : "put aside";
}

/// How the server waits for the body of `who`.
std::string wait_for_body(const Round& round, const Server& server, Who who) {
    if (round.threads_on(who) > 0)
        return One_thread(round) + " is asleep in recv(): it waits for " + the(who) +
               "'s body, and can do nothing else.";
    if (round.parked(who))
        return The(who) + "'s request is " + set_aside(server) +
               ": no thread is asleep for it, and whoever comes is heard.";
    if (round.unread(who) > 0) return The(who) + "'s head lies unread in the kernel.";
    return The(who) + " holds back its body.";
}

/// What --save-delay does to a thread.
std::string slow_database(const Round& round) {
    for (const Thread& thread : round.look().threads)
        if (thread.call == Call::sleep)
            return ": " + one_thread(round) +
                   " is asleep in nanosleep(), the slow database of --save-delay";
    return "";
}

/// `who` has sent all and is not answered.
std::string without_answer(const Round& round, Who who) {
    const Who held = other(who);
    const std::string begin = The(who) + " has sent everything and ";
    if (round.unread(who) == 0 || round.stage(held) != Stage::head_sent)
        return begin + "is not answered yet" + slow_database(round) + ".";
    const std::string unread = std::to_string(round.unread(who));
    if (round.threads_on(held) == 0)
        return begin + "waits: its " + unread + " bytes lie unread in the kernel.";
    return begin + "waits: " + one_thread(round) + " is asleep in recv() on " + the(held) +
           ". " + unread + " bytes lie unread, until you press " + key(held) + ".";
}

std::string both_hold_back(const Round& round, const Server& server) {
    if (round.parked(Who::first) && round.parked(Who::second))
        return "Nobody waits for somebody else: both requests are " + set_aside(server) +
               ", and no thread is asleep for one of them. Who sends first?";
    if (round.threads_on(Who::first) > 0 && round.threads_on(Who::second) > 0)
        return "Both hold back their bodies, and for each of them a thread of the server "
               "is asleep in recv().";
    for (const Who who : both)
        if (round.unread(who) > 0 && round.threads_on(other(who)) > 0)
            return wait_for_body(round, server, other(who)) + " " + The(who) +
                   "'s head lies unread in the kernel.";
    return "Both have sent their heads and hold back their bodies.";
}

/// `who` is answered, the other one is not, and holds back its body or is not here.
std::string one_answered(const Round& round, const Server& server, Who who) {
    if (round.stage(other(who)) == Stage::absent)
        return The(who) + " is answered. " + press(other(who)) +
               ": the other one sends its head.";
    const std::string begin =
        round.overtook(who)
            ? The(who) + " came later and is answered first: it has overtaken. "
            : The(who) + " is answered. ";
    return begin + wait_for_body(round, server, other(who));
}

/// Both are answered; `first` and `last` in that order.
std::string both_answered(const Round& round, Who first, Who last) {
    if (round.overtook(first))
        return The(first) + " came later and was answered first: it has overtaken.";
    if (round.had_to_wait(last))
        return The(last) + " had sent everything before " + the(first) +
               "'s body was out, and was answered after it: it had to wait.";
    return The(first) + " is answered, then " + the(last) +
           ". Press r for a new round, and send both heads before a body.";
}

}  // namespace

std::string explain(const Round& round, const Server& server) {
    const auto in = [&](Who who, Stage stage) { return round.stage(who) == stage; };
    for (const Who who : both)
        if (in(who, Stage::lost))
            return The(who) + "'s connection is lost: " + round.text(who) +
                   ". Press r for a new round.";
    if (round.over()) return both_answered(round, round.answered()[0], round.answered()[1]);
    for (const Who who : both)
        if (round.waits(who)) return without_answer(round, who);
    for (const Who who : both)
        if (in(who, Stage::answered)) return one_answered(round, server, who);
    if (in(Who::first, Stage::head_sent) && in(Who::second, Stage::head_sent))
        return both_hold_back(round, server);
    for (const Who who : both)
        if (in(who, Stage::head_sent)) return wait_for_body(round, server, who);
    return "Nobody is here. Press 1: the first client sends its head. Press 1 again: its "
           "body. 2 is the second client.";
}

std::string count(std::size_t number, const std::string& thing) {
    return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

std::string tell(const Event& event) {
    switch (event.stage) {
        case Stage::absent: break;
        case Stage::head_sent: return the(event.who) + " sends its head";
        case Stage::body_sent: return the(event.who) + " sends its body";
        case Stage::answered: return the(event.who) + " is answered: " + event.text;
        case Stage::lost: return the(event.who) + " is lost: " + event.text;
    }
    return {};
}

std::string tell_order(const Round& round) {
    std::string text = "answered:";
    const auto order = round.answered();
    for (const Who who : order)
        text += std::string(who == order[0] ? " " : ", ") + name(who);
    return order.empty() ? text + " nobody" : text;
}

const char* name(Call call) {
    switch (call) {
        case Call::running: return "running";
        case Call::recv: return "recv()";
        case Call::poll: return "poll()";
        case Call::epoll_wait: return "epoll_wait()";
        case Call::futex: return "futex()";
        case Call::sleep: return "nanosleep()";
        case Call::disk: return "fdatasync()";
        case Call::other: break;
    }
    return "in a call";
}

const char* next_action(Stage stage) {
    switch (stage) {
        case Stage::absent: return "send head";
        case Stage::head_sent: return "send body";
        default: return "";
    }
}

char key(Who who) {
    return who == Who::first ? '1' : '2';
}

}  // namespace six::play
