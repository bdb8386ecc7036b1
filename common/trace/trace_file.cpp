// See trace_file.hpp. One event a line; every line but the first begins by ending the one
// before, so that a file that breaks off lacks nothing but its last bracket.
#include "common/trace/trace_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace six::trace {
namespace {

/// A path as seen from the project's root: what stands before our own path is cut off.
std::string_view from_root(std::string_view file) {
    constexpr std::string_view here = "common/trace/trace_file.cpp";
    std::string_view root = Where::current().file_name();
    root.remove_suffix(here.size());
    if (file.starts_with(root)) file.remove_prefix(root.size());
    return file;
}

/// A JSON string (RFC 8259, section 7); control characters become spaces.
std::string quote(std::string_view text) {
    std::string result = "\"";
    for (const char character : text) {
        if (character == '"' || character == '\\') result += '\\';
        result += static_cast<unsigned char>(character) < ' ' ? ' ' : character;
    }
    return result + '"';
}

/// The format counts in microseconds; its fractions are our nanoseconds.
std::string microseconds(std::chrono::nanoseconds time) {
    return fmt::format("{}.{:03}", time.count() / 1000, time.count() % 1000);
}

}  // namespace

TraceFile::TraceFile(const std::string& path, const std::string& program)
    : file_(std::fopen(path.c_str(), "we")) {
    constexpr auto first =
        R"({{"name":"process_name","ph":"M","pid":1,"args":{{"name":{}}}}})";
    text_ = "[\n" + fmt::format(first, quote(program));
    if (!file_ || !write())
        throw std::runtime_error("can't write the trace " + path + ": " +
                                 std::strerror(errno));
}

void TraceFile::add(const Event& event) {
    const auto request = event.request;
    const auto place =
        fmt::format(R"("pid":1,"tid":{},"ts":{})", request, microseconds(event.time));
    const bool is_new = open_.insert(request).second;
    if (is_new)
        add_line(fmt::format(
            R"("name":"thread_name","ph":"M","pid":1,"tid":{0},"args":{{"name":"request {0}"}})",
            request));
    else
        add_line(R"("ph":"E",)" + place);  // the slice before ends

    const bool is_done = event.state == State::done;
    if (is_done) open_.erase(request);
    add_line(fmt::format(R"("name":"{}","ph":{},{},"args":{{{}}})", name(event.state),
                         is_done ? R"("i","s":"t")" : R"("B")", place, arguments(event)));
}

void TraceFile::add_line(const std::string& fields) {
    text_ += ",\n{" + fields + "}";
}

std::string TraceFile::arguments(const Event& event) {
    return fmt::format(
        R"("request":{},"state":"{}","file":{},"line":{},"function":{},"thread":{},"sequence":{})",
        event.request, name(event.state), quote(from_root(event.where.file_name())),
        event.where.line(), quote(event.where.function_name()), event.thread, ++sequence_);
}

void TraceFile::add_end() {
    text_ += "\n]\n";
}

bool TraceFile::write() {
    const bool written =
        std::fwrite(text_.data(), 1, text_.size(), file_.get()) == text_.size() &&
        std::fflush(file_.get()) == 0;
    text_.clear();
    return written;
}

}  // namespace six::trace
