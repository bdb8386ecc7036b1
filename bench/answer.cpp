#include "bench/answer.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace six::bench {

namespace {

template <class Number>
std::optional<Number> number_at_start(std::string_view text) {
    Number number{};
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc()) return std::nullopt;
    return number;
}

/// The status in "HTTP/1.1 200 OK".
int status_in(std::string_view head) {
    if (!head.starts_with("HTTP/1.") || head.size() < 12) return 0;
    return number_at_start<int>(head.substr(9)).value_or(0);
}

std::optional<std::size_t> content_length_in(std::string head) {
    std::transform(head.begin(), head.end(), head.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::string_view name = "\r\ncontent-length:";
    const std::size_t at = head.find(name);
    if (at == std::string::npos) return std::nullopt;
    const std::size_t digits = head.find_first_not_of(' ', at + name.size());
    return number_at_start<std::size_t>(std::string_view(head).substr(digits));
}

}  // namespace

std::optional<Answer> take_answer(std::string& received) {
    const std::size_t head_end = received.find("\r\n\r\n");
    if (head_end == std::string::npos) return std::nullopt;
    const std::size_t body_begin = head_end + 4;
    const std::string head = received.substr(0, body_begin);

    Answer answer{status_in(head), {}};
    if (answer.status >= 200) {
        const auto length = content_length_in(head);
        if (!length) return Answer{};
        if (received.size() - body_begin < *length) return std::nullopt;
        answer.body = received.substr(body_begin, *length);
    }
    received.erase(0, body_begin + answer.body.size());
    return answer;
}

bool says_saved(const Answer& answer) {
    constexpr std::string_view before = "{\"pk\": ";
    if (answer.status != 200 || !answer.body.starts_with(before)) return false;
    const std::string_view rest = std::string_view(answer.body).substr(before.size());
    const auto pk = number_at_start<std::int64_t>(rest);
    return pk && *pk > 0 && rest == std::to_string(*pk) + "}";
}

}  // namespace six::bench
