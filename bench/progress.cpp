#include "bench/progress.hpp"

#include <fmt/format.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/numbers.hpp"

namespace six::bench {

namespace {

constexpr int name_columns = 16;
constexpr int figure_columns = 32;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

int bar_columns(Screen screen) {
    return std::clamp(screen.columns - name_columns - figure_columns - 1, 10, 60);
}

std::string repeat(std::string_view text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result;
}

/// Somebody is always seen: a share above nothing fills one cell at least.
int cells(int clients, int of, int columns) {
    if (clients == 0) return 0;
    const double share = std::min(1.0, static_cast<double>(clients) / std::max(1, of));
    return std::max(1, static_cast<int>(share * columns + 0.5));
}

std::string heading(int clients, Screen screen) {
    const std::string scale = fmt::format("0 to {} clients", grouped(clients));
    return fmt::format("{:{}}{:<{}}{:>10}{:>11}{:>11}", "", name_columns, scale,
                       bar_columns(screen), "served now", "in line", "answered");
}

}  // namespace

Screen look_at_screen(int rows) {
    std::setlocale(LC_CTYPE, "");
    Screen screen;
    screen.unicode = std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
    winsize size{};
    const bool terminal =
        ::isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    const std::string term = variable("TERM");
    const bool plain = term.empty() || term == "dumb" || !variable("NO_COLOR").empty();
    if (size.ws_col > 0) screen.columns = size.ws_col;
    screen.redraw = screen.colours =
        terminal && !plain && screen.columns >= 80 && size.ws_row > rows;
    return screen;
}

std::string describe(const Load& load) {
    const std::string pause = fmt::format("pause of {:g} s", load.pause.count());
    const double window = load.window.count();
    if (load.loop == Load::Loop::closed)
        return fmt::format("{} clients that come again and again, {}; measured for {:g} s",
                           grouped(load.clients), pause, window);
    return fmt::format("{} clients at a time, {} a second, {}; measured for {:g} s",
                       grouped(load.clients), brief(load.rate), pause, window);
}

std::string bar_line(const std::string& name, const Moment& moment, int clients,
                     Screen screen) {
    const int columns = bar_columns(screen);
    const int served = cells(moment.in_service, clients, columns);
    const int outside = std::min(columns - served, cells(moment.outside, clients, columns));
    const auto coloured = [&](const char* code, const std::string& text) {
        return screen.colours ? code + text + "\x1b[0m" : text;
    };
    const std::string bar =
        coloured("\x1b[32m", repeat(screen.unicode ? "█" : "#", served)) +
        coloured("\x1b[33m", repeat(screen.unicode ? "░" : ".", outside)) +
        repeat(" ", columns - served - outside);
    return fmt::format("{:<{}}{}{:>10}{:>11}{:>11}", name, name_columns, bar,
                       grouped(moment.in_service), grouped(moment.outside),
                       grouped(moment.saved));
}

void Progress::begin(const std::string& title, const Load& load,
                     std::vector<std::string> names) {
    std::printf("\n%s\n%s\n", title.c_str(), describe(load).c_str());
    load_ = load;
    names_ = std::move(names);
    lines_ = names_;
    drawn_ = false;
    if (screen_.redraw) {
        std::printf("%s\n", heading(load_.clients, screen_).c_str());
        redraw();
    }
    std::fflush(stdout);
}

void Progress::show(std::size_t server, const Moment& moment) {
    if (!screen_.redraw) return;
    lines_[server] = bar_line(names_[server], moment, load_.clients, screen_);
    redraw();
}

void Progress::say(std::size_t server, const std::string& text) {
    const std::string line = fmt::format("{:<{}}{}", names_[server], name_columns, text);
    if (!screen_.redraw) {
        std::printf("%s\n", line.c_str());
        std::fflush(stdout);
        return;
    }
    lines_[server] = line.substr(0, static_cast<std::size_t>(screen_.columns - 1));
    redraw();
}

void Progress::done(std::size_t server, const Result& result) {
    if (!result.failure.empty()) return say(server, result.failure);
    if (screen_.redraw) {
        Moment last;
        for (const Moment& moment : result.moments)
            if (moment.at <= load_.steady_end()) last = moment;
        return show(server, last);
    }
    say(server, fmt::format("{} served at once, {} of {} never served, {} answers/s",
                            grouped(result.at_once), grouped(result.never_served()),
                            grouped(result.counted), brief(result.requests_per_second)));
}

/// All lines in one write, each over its predecessor: nothing is ever blank in between.
void Progress::redraw() {
    std::string out = drawn_ ? fmt::format("\x1b[{}A", lines_.size()) : "";
    for (const std::string& line : lines_) out += "\r" + line + "\x1b[K\n";
    drawn_ = true;
    std::fflush(stdout);
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, out.data(), out.size());
}

}  // namespace six::bench
