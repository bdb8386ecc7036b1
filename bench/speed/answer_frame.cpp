#include "bench/speed/answer_frame.hpp"

#include <algorithm>
#include <charconv>

namespace six::speed {

namespace {

bool is_named(std::string_view line, std::string_view lower_case_name) {
    if (line.size() <= lower_case_name.size()) return false;
    if (line[lower_case_name.size()] != ':') return false;
    return std::equal(lower_case_name.begin(), lower_case_name.end(), line.begin(),
                      [](char name, char letter) { return name == (letter | 0x20); });
}

/// The length that a line of the head declares; nothing if it is another line.
std::optional<std::size_t> declared_length(std::string_view line) {
    constexpr std::string_view name = "content-length";
    if (line.empty() || (line[0] | 0x20) != 'c' || !is_named(line, name)) return {};
    line.remove_prefix(name.size() + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    std::size_t length = 0;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), length);
    return read.ec == std::errc() ? std::optional(length) : std::nullopt;
}

}  // namespace

std::optional<Frame> frame_of(std::string_view bytes) {
    constexpr std::string_view status_at_9 = "200";  // HTTP/1.1 200
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == bytes.npos) return {};
    Frame frame;
    frame.bytes = end + 4;
    frame.ok = end >= 12 && bytes.substr(9, 3) == status_at_9;
    const std::string_view head = bytes.substr(0, end + 2);
    for (std::size_t at = head.find('\n') + 1; at < head.size();
         at = head.find('\n', at) + 1) {
        const std::optional<std::size_t> length = declared_length(head.substr(at));
        if (!length) continue;
        frame.bytes += *length;
        return frame;
    }
    frame.framed = false;
    return frame;
}

}  // namespace six::speed
