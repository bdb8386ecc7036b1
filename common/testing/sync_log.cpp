#include "common/testing/sync_log.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "common/testing/server_process.hpp"

namespace six::testing {

namespace {

constexpr std::string_view unfinished = " <unfinished ...>";
constexpr std::string_view resumed = " resumed>";

bool is_sync(const SystemCall& call) {
    return call.name == "fdatasync" || call.name == "fsync";
}

bool is_write(const SystemCall& call) {
    constexpr std::array<std::string_view, 7> names{
        "write", "writev", "pwrite64", "pwritev", "sendto", "sendmsg", "sendmmsg"};
    return std::ranges::find(names, call.name) != names.end();
}

/// The text of the first argument: a descriptor and, in angle brackets, what it is.
std::string_view descriptor(const SystemCall& call) {
    return std::string_view(call.text).substr(0, call.text.find('>'));
}

bool on_log(const SystemCall& call) {
    return descriptor(call).ends_with("-wal");
}

bool on_socket(const SystemCall& call) {
    const std::string_view name = descriptor(call);
    return name.find("<socket:") != name.npos || name.find("<TCP") != name.npos;
}

bool contains(const SystemCall& call, std::string_view part) {
    return call.text.find(part) != std::string::npos;
}

/// One line of the log, taken apart.
struct Line {
    std::string_view thread;
    std::string_view name;
    std::string_view rest;  // behind the name
    bool resumes = false;
};

/// False: the line tells of no call (a signal, an exit).
bool take_apart(std::string_view text, Line& line) {
    const std::size_t space = text.find(' ');
    if (space == text.npos) return false;
    line.thread = text.substr(0, space);
    text.remove_prefix(std::min(text.find_first_not_of(' ', space), text.size()));
    line.resumes = text.starts_with("<... ");
    if (line.resumes) text.remove_prefix(5);
    const std::size_t end = line.resumes ? text.find(resumed) : text.find('(');
    if (end == text.npos || text.starts_with("---") || text.starts_with("+++"))
        return false;
    line.name = text.substr(0, end);
    line.rest = text.substr(end + (line.resumes ? resumed.size() : 1));
    return true;
}

}  // namespace

std::vector<SystemCall> parse_strace(std::string_view log) {
    std::vector<SystemCall> calls;
    std::map<std::string, std::size_t, std::less<>>
        open;  // thread: its call that isn't back
    for (std::size_t number = 0; !log.empty(); ++number) {
        const std::string_view text = log.substr(0, log.find('\n'));
        log.remove_prefix(std::min(text.size() + 1, log.size()));
        Line line;
        if (!take_apart(text, line)) continue;
        const auto begun = open.find(line.thread);
        if (line.resumes && begun != open.end()) {
            calls[begun->second].end = number;
            calls[begun->second].text += line.rest;
            open.erase(begun);
        } else if (line.rest.ends_with(unfinished)) {
            open[std::string(line.thread)] = calls.size();
            calls.push_back(
                {std::string(line.name), std::string(line.rest), number, log.npos});
        } else {
            calls.push_back(
                {std::string(line.name), std::string(line.rest), number, number});
        }
    }
    return calls;
}

std::string why_not_durable(const std::vector<SystemCall>& calls, std::string_view body,
                            std::int64_t pk) {
    const std::string item = "item " + std::to_string(pk) + ": ";
    const std::string answer =
        "{\\\"pk\\\": " + std::to_string(pk) + "}";  // as strace writes it
    const auto written = std::ranges::find_if(calls, [&](const SystemCall& call) {
        return is_write(call) && on_log(call) && contains(call, body);
    });
    const auto answered = std::ranges::find_if(calls, [&](const SystemCall& call) {
        return is_write(call) && on_socket(call) && contains(call, answer);
    });
    if (answered == calls.end())
        return item + "its answer is not in the log of system calls";
    if (written == calls.end()) return item + "never written to a write-ahead log";
    if (answered->begin < written->end) return item + "answered before it was written";
    const bool synced = std::ranges::any_of(calls, [&](const SystemCall& call) {
        return is_sync(call) && on_log(call) && written->end < call.begin &&
               call.end < answered->begin;
    });
    return synced ? "" : item + "answered before it was on the disk";
}

std::vector<std::string> strace_options(const std::string& log_file) {
    // -D: the tracer stands aside, so that the program keeps the process id that we know.
    return {"strace",
            "-D",
            "-f",
            "-y",
            "-s",
            "65536",
            "-o",
            log_file,
            "-e",
            "trace=fsync,fdatasync,write,writev,pwrite64,pwritev,sendto,sendmsg,sendmmsg"};
}

bool can_strace() {
    static const bool can = [] {
        std::vector<std::string> arguments = strace_options("/dev/null");
        arguments.emplace_back("true");
        ServerProcess trial{Launch{"/usr/bin/env", arguments, {}, {}}};
        return trial.wait_for_exit() == Exit{0};
    }();
    return can;
}

}  // namespace six::testing
