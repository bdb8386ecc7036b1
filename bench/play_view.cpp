#include "bench/play_view.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "bench/play_timeline.hpp"

namespace six::play {

using namespace std::chrono_literals;

namespace {

/// A box on the screen.
struct Box {
    int column, row, width, height;
};

std::string capitals(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

/// What everybody in the room must be able to read.
struct Banner {
    Ink ink;
    std::string state, detail, time;
};

/// Large type, as far as a terminal has any: rows of colour.
void draw_banner(Canvas& canvas, const Box& box, const Banner& banner) {
    const int margin = box.height > 10 ? 1 : 0;
    const int rows = 3 + 2 * margin;
    const std::array lines{banner.state, banner.detail, banner.time};
    for (int i = 0; i < rows; ++i) {
        const bool text = i >= margin && i < margin + 3;
        canvas.put_centred(box.column + 1, box.row + 1 + i, box.width - 2,
                           text ? lines[static_cast<std::size_t>(i - margin)] : "",
                           banner.ink);
    }
}

// --- a client ---

/// The answer is the item's id, and no status that says why not.
bool served(const Round& round, Who who) {
    return round.text(who).starts_with('{');
}

Banner banner_of(const Round& round, Who who, Time now) {
    const auto head = round.when(who, Stage::head_sent);
    const auto body = round.when(who, Stage::body_sent);
    const auto answer = round.when(who, Stage::answered);
    switch (round.stage(who)) {
        case Stage::absent: return {Ink::quiet, "NOT CONNECTED", "", ""};
        case Stage::head_sent:
            return {Ink::holds, "HEAD SENT", "holds back its body",
                    "for " + seconds(now - *head)};
        case Stage::body_sent:
            return {Ink::waits, "BODY SENT", "waits for its answer",
                    "for " + seconds(now - *body)};
        case Stage::answered:
            return {served(round, who) ? Ink::done : Ink::waits,
                    served(round, who) ? "ANSWERED" : "REFUSED", round.text(who),
                    "after " + seconds(*answer - body.value_or(*head))};
        case Stage::lost: break;
    }
    return {Ink::waits, "CONNECTION LOST", "", ""};
}

void draw_client(Canvas& canvas, const Box& box, const Scene& scene, Who who) {
    const Round& round = scene.round;
    canvas.frame(box.column, box.row, box.width, box.height,
                 std::string(1, key(who)) + " " + capitals(name(who)) + " CLIENT");
    draw_banner(canvas, box, banner_of(round, who, scene.now));

    const int column = box.column + 2;
    int row = box.row + box.height - 6;
    using Step = std::pair<Stage, const char*>;
    for (const auto& [stage, text] :
         {Step{Stage::head_sent, "head sent"}, Step{Stage::body_sent, "body sent"},
          Step{Stage::answered, "answered"}}) {
        const bool reached = round.when(who, stage).has_value();
        canvas.put(column, row++, (reached ? "✓ " : "· ") + std::string(text),
                   reached ? Ink::strong : Ink::plain);
    }
    if (const std::size_t unread = round.unread(who); unread > 0)
        canvas.put(column, row++, std::to_string(unread) + " bytes unread", Ink::strong);
    if (round.at_the_door(who)) canvas.put(column, row, "not accepted yet", Ink::strong);
}

// --- the server ---

/// Whom a thread in this call waits for.
std::string waits_for(const Thread& thread) {
    if (thread.on) return name(*thread.on);
    switch (thread.call) {
        case Call::poll:
        case Call::epoll_wait: return "anyone";
        case Call::futex: return "work";
        default: return "";
    }
}

/// "with 1 of 17 threads"
std::string part_of(std::size_t number, std::size_t all) {
    return all == 1 ? "with its only thread"
                    : "with " + std::to_string(number) + " of " + count(all, "thread");
}

Banner server_banner(const Round& round) {
    const auto& threads = round.look().threads;
    const std::string number = count(threads.size(), "thread");
    if (!round.look().shows_calls) return {Ink::quiet, capitals(number), "", ""};
    const std::size_t first = round.threads_on(Who::first);
    const std::size_t second = round.threads_on(Who::second);
    const std::string part = part_of(first + second, threads.size());
    if (first > 0 && second > 0) return {Ink::holds, "WAITS FOR BOTH", part, ""};
    if (first > 0) return {Ink::holds, "WAITS FOR FIRST", part, ""};
    if (second > 0) return {Ink::holds, "WAITS FOR SECOND", part, ""};
    const auto hears = [](const Thread& thread) { return waits_for(thread) == "anyone"; };
    const auto hearing = std::ranges::count_if(threads, hears);
    if (hearing == 0) return {Ink::quiet, "WORKS", number, ""};
    return {Ink::done, "WAITS FOR ANYONE",
            part_of(static_cast<std::size_t>(hearing), threads.size()), ""};
}

void draw_server(Canvas& canvas, const Box& box, const Scene& scene) {
    const Round& round = scene.round;
    canvas.frame(box.column, box.row, box.width, box.height,
                 "SERVER " + scene.server.number);
    draw_banner(canvas, box, server_banner(round));

    if (!round.look().shows_calls) return;

    const int column = box.column + 2;
    int row = box.row + box.height - 6;
    canvas.put(column, row++, "threads, asleep in:");
    std::map<std::pair<std::string, std::string>, int> calls;
    for (const Thread& thread : round.look().threads)
        ++calls[{name(thread.call), waits_for(thread)}];
    for (const auto& [call, threads] : calls) {
        if (row == box.row + box.height - 1) break;
        const std::string number = std::to_string(threads);
        canvas.put(column - static_cast<int>(number.size()) + 1, row, number);
        canvas.put(column + 2, row, call.first);
        canvas.put(column + 15, row++, call.second, Ink::strong);
    }
}

// --- who waits for whom ---

/// The arrows between a client and the server, in the gap from `column` on.
void draw_arrows(Canvas& canvas, const Round& round, Who who, const Box& gap) {
    const bool left = who == Who::first;
    const auto arrow = [&](int row, bool to_left, const std::string& shaft, Ink ink) {
        std::string line;
        for (int i = 1; i < gap.width; ++i) line += shaft;
        canvas.put(gap.column, row, to_left ? "◄" + line : line + "►", ink);
    };
    const int row = gap.row + 3;
    if (round.threads_on(who) > 0) {
        canvas.put(gap.column, row - 1, "waits");
        arrow(row, left, "━", Ink::strong);
    } else if (round.parked(who)) {
        arrow(row, left, "┄", Ink::plain);
    }
    if (round.waits(who)) {
        canvas.put(gap.column, row + 2, "waits");
        arrow(row + 3, !left, "━", Ink::strong);
    }
}

void draw_boxes(Canvas& canvas, const Box& area, const Scene& scene) {
    constexpr int gap = 5;
    const int side = (area.width - 2 * gap) / 3;
    const int middle = area.width - 2 * gap - 2 * side;
    const int server = side + gap;
    draw_client(canvas, {0, area.row, side, area.height}, scene, Who::first);
    draw_server(canvas, {server, area.row, middle, area.height}, scene);
    draw_client(canvas, {server + middle + gap, area.row, side, area.height}, scene,
                Who::second);
    draw_arrows(canvas, scene.round, Who::first, {side, area.row, gap, area.height});
    draw_arrows(canvas, scene.round, Who::second,
                {server + middle, area.row, gap, area.height});
}

// --- the lines around ---

void draw_title(Canvas& canvas, const Scene& scene) {
    const std::string right =
        "round " + std::to_string(scene.round_number) + "   " + seconds(scene.now) + " ";
    canvas.put_centred(0, 0, canvas.columns(), "", Ink::title);
    canvas.put(1, 0, scene.server.name + ": who waits for whom?", Ink::title);
    canvas.put(canvas.columns() - width_of(right), 0, right, Ink::title);
}

void draw_keys(Canvas& canvas, const Round& round) {
    std::string line;
    for (const Who who : both) {
        const std::string action = next_action(round.stage(who));
        if (!action.empty())
            line +=
                "[" + std::string(1, key(who)) + "] " + name(who) + ": " + action + "  ";
    }
    canvas.put(1, canvas.rows() - 1, line + "[r] new round  [?] help  [q] quit",
               Ink::strong);
}

void draw_lines(Canvas& canvas, int row, const std::string& text, Ink ink, int most) {
    for (const std::string& line : wrap(text, canvas.columns() - 4))
        if (most-- > 0) canvas.put(2, row++, line, ink);
}

void draw_help(Canvas& canvas) {
    constexpr std::array lines{
        "1  a  left    the first client: sends its head, and then its body",
        "2  b  right   the second client",
        "r             new round: both clients hang up",
        "q  Ctrl-C     quit; the server ends, too",
        "",
        "━━►  waits for this one alone: a thread of the server that sleeps in recv()",
        "     on its socket, or a client that has sent everything",
        "┄┄►  its request waits too, but no thread sleeps for it",
        "",
        "All that is shown was observed: bytes that were sent and received, and on",
        "Linux the system call of each thread (/proc/PID/task/TID/syscall) and the",
        "bytes that the server hasn't read (as ss -t shows them).",
        "",
        "There are other servers: ./course play 01 to 06. What follows -- is for the",
        "server: ./course play 02 -- --model pool --threads 1",
    };
    int row = 3;
    for (const char* line : lines) canvas.put(2, row++, line);
    canvas.put(2, row + 1, "Any key goes back.", Ink::strong);
}

/// On a tall screen: all that happened, the last below.
void draw_history(Canvas& canvas, const Round& round, int row, int rows) {
    const auto& events = round.history();
    const auto shown = std::min(events.size(), static_cast<std::size_t>(std::max(rows, 0)));
    for (auto event = events.end() - static_cast<std::ptrdiff_t>(shown);
         event != events.end(); ++event)
        canvas.put(2, row++, seconds(event->at) + "  " + tell(*event));
}

}  // namespace

std::string seconds(Time time) {
    if (time > 0ms && time < 100ms) return std::to_string(time.count()) + " ms";
    const auto tenths = time.count() / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

Canvas draw(const Scene& scene, int columns, int rows) {
    Canvas canvas(columns, rows);
    if (columns < least_columns || rows < least_rows) {
        draw_lines(canvas, 0, "This needs a terminal of 80x24: make it larger.",
                   Ink::strong, 3);
        return canvas;
    }
    draw_title(canvas, scene);
    if (scene.help) {
        draw_help(canvas);
        return canvas;
    }
    const int spare = rows - least_rows;
    const int gap = spare >= 2 ? 1 : 0;
    const int height = spare >= 8 ? 13 : 10;
    int row = 1 + gap;
    draw_boxes(canvas, {0, row, columns, height}, scene);
    row += height + gap;
    draw_lines(canvas, row, explain(scene.round, scene.server), Ink::strong, 3);
    row += 4;
    draw_timeline(canvas, row, scene.round, scene.now);
    row += timeline_rows;
    canvas.put(2, row, tell_order(scene.round), Ink::strong);
    draw_history(canvas, scene.round, row + 2, rows - row - 4);
    draw_keys(canvas, scene.round);
    return canvas;
}

}  // namespace six::play
