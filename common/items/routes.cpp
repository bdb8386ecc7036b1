// The routes, see routes.hpp.
#include "common/items/routes.hpp"

#include <charconv>
#include <string_view>

namespace six::items {
namespace {

using http::Method;
using Action = Route::Action;

/// The id in a path such as `/items/42`. Each item has one address: no sign, no leading
/// zero, nothing behind it. Empty for everything else, numbers that overflow among it.
std::optional<std::int64_t> parse_pk(std::string_view path) {
    constexpr std::string_view prefix = "/items/";
    if (!path.starts_with(prefix)) return std::nullopt;
    const std::string_view digits = path.substr(prefix.size());
    if (digits.empty() || digits[0] < '1' || digits[0] > '9') return std::nullopt;
    std::int64_t pk = 0;
    const char* end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, pk);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return pk;
}

void find_resource(std::string_view path, Route& route) {
    if (path == "/items") {
        route.action = Action::save_item;
    } else if (path == "/health") {
        route.answer.body += R"({"status":"ok"})";
    } else if (const auto pk = parse_pk(path)) {
        route.action = Action::find_item;
        route.pk = *pk;
    } else {
        throw http::Error(404, "there is nothing at this path");
    }
}

void check_method(Method method, Action action) {
    const bool saves = action == Action::save_item;
    const bool allowed =
        saves ? method == Method::post : method == Method::get || method == Method::head;
    if (allowed) return;
    if (saves) throw http::Error(405, "this path allows only POST", "POST");
    throw http::Error(405, "this path allows only GET, HEAD", "GET, HEAD");
}

void choose(const http::RequestHead& head, const http::Limits& limits, Route& route) {
    if (std::string_view(head.path) == "*" &&
        head.method == Method::options) {  // RFC 9110, section 9.3.7
        route.answer = {
            .content_type = "", .body = "", .allow = "GET, HEAD, POST, OPTIONS"};
    } else {
        find_resource(head.path, route);
        check_method(head.method, route.action);
    }
    if (head.unknown_expectation)
        throw http::Error(417, "only 100-continue can be expected");
    if (head.content_length.value_or(0) > limits.body_bytes)
        throw http::Error(
            413, "the body is larger than " + std::to_string(limits.body_bytes) + " bytes");
}

}  // namespace

Route route(const http::RequestHead& head, const http::Limits& limits) {
    Route chosen;
    try {
        choose(head, limits, chosen);
    } catch (const http::Error& error) {
        chosen = {.answer = http::to_response(error)};
    }
    return chosen;
}

http::Response saved(std::int64_t pk) {
    return {.body = "{\"pk\": " + std::to_string(pk) + "}"};
}

http::Response found(std::optional<std::string> item) {
    if (!item) return http::to_response(http::Error(404, "there is no such item"));
    return {.content_type = "application/octet-stream", .body = std::move(*item)};
}

}  // namespace six::items
