#include "06_full_server/tests/conversation.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "common/http/request_parser.hpp"
#include "common/items/routes.hpp"
#include "common/testing/response.hpp"

namespace six::full::test {

using State = http::RequestParser::State;
using testing::Response;

void defect(const std::string& what) {
    throw std::logic_error(what);
}

std::vector<Asked> requests_in(std::string_view sent, bool ended,
                               const http::Limits& limits) {
    std::vector<Asked> all;
    http::RequestParser parser(limits);
    parser.receive(sent);
    if (ended) parser.end_of_input();
    while (!parser.idle()) {
        Asked asked;
        asked.has_head =
            parser.state() == State::head_complete || parser.state() == State::complete;
        asked.head = parser.head();
        parser.begin_body();
        if (parser.state() == State::body) asked.extent = Asked::Extent::head;
        if (parser.state() == State::refused) {
            asked.extent = Asked::Extent::refused;
            asked.refused_status = parser.error().status();
        }
        if (parser.state() == State::complete) {
            asked.extent = Asked::Extent::whole;
            asked.body = parser.take_body();
        }
        all.push_back(asked);
        if (parser.state() != State::complete) break;
        parser.next_request();
    }
    return all;
}

namespace {

bool is_one_of(int status, std::initializer_list<int> statuses) {
    return std::ranges::find(statuses, status) != statuses.end();
}

/// What the routes say of it, whatever becomes of its body. 0: that depends.
int routed_status(const Asked& asked, const http::Limits& limits) {
    if (asked.head.path == "/metrics") {
        const auto method = asked.head.method;
        return method == http::Method::get || method == http::Method::head ? 200 : 405;
    }
    const items::Route route = items::route(asked.head, limits);
    return route.action == items::Route::Action::answer ? route.answer.status : 0;
}

// A slow request may be whole by now, and was answered before (408).
bool may_be(int status, const Asked& asked, const http::Limits& limits, Excuses excuses) {
    if (status == 408) return excuses.slow;
    if (status == 503 && excuses.little_memory) return true;
    if (asked.extent == Asked::Extent::begun) return false;
    if (asked.extent == Asked::Extent::refused && status == asked.refused_status)
        return true;
    if (!asked.has_head) return false;
    if (const int routed = routed_status(asked, limits)) return status == routed;
    if (asked.head.method == http::Method::post && asked.extent != Asked::Extent::whole)
        return status == 503;
    return is_one_of(status, {200, 404, 503});
}

std::int64_t pk_in(const std::string& body) {
    constexpr std::string_view before = "{\"pk\": ";
    require(body.starts_with(before), "no pk: " + body);
    return std::stoll(body.substr(before.size()));
}

void check_item(const Response& response, const Asked& asked,
                const std::vector<std::string>& items, Answered& so_far) {
    if (response.status != 200 || asked.extent != Asked::Extent::whole) return;
    if (asked.head.path == "/items") {
        const std::int64_t pk = pk_in(response.body);
        const auto index = static_cast<std::size_t>(pk - 1);
        require(index < items.size() && items[index] == asked.body, "not what was saved");
        require(so_far.pk.insert(pk).second, "an item was acknowledged twice");
    } else if (asked.head.path.starts_with("/items/") &&
               asked.head.method == http::Method::get) {
        const auto index = std::stoull(asked.head.path.substr(7)) - 1;
        require(index < items.size() && items[index] == response.body, "another item");
    }
}

/// Takes one answer off the bytes. False: not all of it is there.
bool take(std::string_view& bytes, bool to_head, Response& response) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    response = testing::parse_head(bytes.substr(0, end + 2));
    std::string_view rest = bytes.substr(end + 4);
    if (response.status != 100) {
        const auto length = response.content_length();
        require(length.has_value(), "an answer without a length");
        require(response.count("Date") == 1, "an answer without a date");
        // Who is told to go before his method was known gets a body in any case.
        const bool no_body = to_head && !(response.says_close() && !rest.empty());
        if (!no_body && rest.size() < *length) return false;
        if (!no_body) response.body = rest.substr(0, *length);
        rest.remove_prefix(response.body.size());
    }
    bytes = rest;
    return true;
}

}  // namespace

Answered answers_in(std::string_view received, const std::vector<Asked>& asked,
                    const std::vector<std::string>& items, const http::Limits& limits,
                    Excuses excuses) {
    Answered answered;
    bool continued = false;
    while (!received.empty()) {
        require(!answered.closes, "bytes behind the last answer");
        require(answered.count < asked.size(), "an answer that nobody asked for");
        const Asked& request = asked[answered.count];
        Response response;
        if (!take(received, request.head.method == http::Method::head, response)) {
            answered.cut = true;
            break;
        }
        if (response.status == 100) {
            require(request.head.expects_continue && !continued, "a wrong 100 Continue");
            continued = true;
            continue;
        }
        continued = false;
        require(may_be(response.status, request, limits, excuses),
                "a wrong status: " + std::to_string(response.status) + " for " +
                    request.head.path);
        check_item(response, request, items, answered);
        answered.closes = response.says_close();
        ++answered.count;
    }
    return answered;
}

}  // namespace six::full::test
