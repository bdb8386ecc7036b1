#include "bench/play_timeline.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace six::play {

namespace {

using namespace std::chrono_literals;

constexpr int first_column = 10;

/// Time on the screen.
struct Scale {
    Time span;
    int columns;

    int column(Time time) const {
        return first_column + static_cast<int>(time * (columns - 1) / span);
    }
};

/// Between two marks of the axis: a round number that leaves room for their labels.
Time interval(const Scale& scale) {
    for (const Time step : {Time{1s}, Time{2s}, Time{5s}, Time{10s}, Time{30s}, Time{60s}})
        if (scale.span / step * 8 <= scale.columns) return step;
    return std::max<Time>(scale.span / 5 / 60s * 60s, 120s);
}

void draw_axis(Canvas& canvas, int row, const Scale& scale) {
    for (Time mark{0}; mark <= scale.span; mark += interval(scale)) {
        const std::string label = std::to_string(mark / 1s) + " s";
        canvas.put(scale.column(mark), row, label);
    }
}

/// What a client's lane shows from this stage on, until the next one.
struct Segment {
    const char* mark;
    const char* then;
    Ink ink;
};

Segment segment(Stage stage) {
    switch (stage) {
        case Stage::head_sent: return {"H", "─", Ink::holds};
        case Stage::body_sent: return {"B", "━", Ink::waits};
        case Stage::answered: return {"✓", " ", Ink::done};
        default: return {"X", " ", Ink::waits};
    }
}

void draw_lane(Canvas& canvas, int row, const Scale& scale, const Round& round, Who who,
               Time now) {
    canvas.put(2, row, name(who), Ink::strong);
    int free = first_column;  // the marks of one moment stand side by side
    for (const Event& event : round.history()) {
        if (event.who != who) continue;
        const Segment part = segment(event.stage);
        const int column = std::max(scale.column(event.at), free);
        const bool ends = event.stage >= Stage::answered;
        canvas.put(column, row, part.mark, part.ink);
        for (int i = column + 1; !ends && i <= scale.column(now); ++i)
            canvas.put(i, row, part.then, part.ink);
        for (int i = column + 1; ends && i < canvas.columns(); ++i) canvas.put(i, row, " ");
        free = column + 1;
    }
}

}  // namespace

void draw_timeline(Canvas& canvas, int row, const Round& round, Time now) {
    const Scale scale{std::max<Time>(now, 5s), canvas.columns() - first_column - 4};
    draw_axis(canvas, row, scale);
    draw_lane(canvas, row + 1, scale, round, Who::first, now);
    draw_lane(canvas, row + 2, scale, round, Who::second, now);
    canvas.put(first_column, row + 3,
               "H head   B body   ✓ answer     ─ holds back     ━ waits for its answer");
}

}  // namespace six::play
