// Routing, as tables: a request's head on the left, what becomes of it on the right.
#include "common/items/routes.hpp"

#include <string>
#include <vector>

#include "common/testing/catch.hpp"

using six::http::Limits;
using six::http::Method;
using six::http::RequestHead;
using six::items::found;
using six::items::Route;
using six::items::route;
using six::items::saved;
using Action = Route::Action;

namespace {

RequestHead head(Method method, const std::string& path) {
    RequestHead result;
    result.method = method;
    result.path = path;
    return result;
}

constexpr Method get = Method::get, post = Method::post, options = Method::options;

}  // namespace

TEST_CASE("saving and finding items wait for the database", "[items][routes]") {
    struct Row {
        Method method;
        std::string path;
        Action action;
        std::int64_t pk;
    };
    const auto row = GENERATE(values<Row>({
        {post, "/items", Action::save_item, 0},
        {get, "/items/1", Action::find_item, 1},
        {Method::head, "/items/1", Action::find_item, 1},
        {get, "/items/10", Action::find_item, 10},
        {get, "/items/9223372036854775807", Action::find_item, INT64_MAX},
    }));
    CAPTURE(row.path);
    const Route chosen = route(head(row.method, row.path), Limits{});
    CHECK(chosen.action == row.action);
    CHECK(chosen.pk == row.pk);
}

TEST_CASE("the server's health is answered at once", "[items][routes]") {
    const Route chosen =
        route(head(GENERATE(Method::get, Method::head), "/health"), Limits{});
    CHECK(chosen.action == Action::answer);
    CHECK(chosen.answer.status == 200);
    CHECK(chosen.answer.body == R"({"status":"ok"})");
    CHECK(chosen.answer.content_type == "application/json");
}

TEST_CASE("OPTIONS * says what the server can do", "[items][routes]") {
    const Route chosen = route(head(options, "*"), Limits{});
    CHECK(chosen.action == Action::answer);
    CHECK(chosen.answer.status == 200);
    CHECK(chosen.answer.allow == "GET, HEAD, POST, OPTIONS");
    CHECK(chosen.answer.body.empty());
    CHECK(chosen.answer.content_type.empty());
}

TEST_CASE("what is not exactly a known path is not found", "[items][routes]") {
    const std::string path = GENERATE(
        as<std::string>{}, "", "/", "*", "/item", "/Items", "/items/", "/items//1",
        "/items/0", "/items/007", "/items/-1", "/items/+1", "/items/1/", "/items/1x",
        "/items/x", "/items/ 1", "/items/1.0", "/items/0x1", "/items/%31",
        "/items/9223372036854775808", "/items/99999999999999999999999999", "/health/",
        "/healthy", "/health/1", "items", "//items", "/items/1\n");
    const Method method = GENERATE(Method::get, Method::post, Method::other);
    CAPTURE(path);
    const Route chosen = route(head(method, path), Limits{});
    CHECK(chosen.action == Action::answer);
    CHECK(chosen.answer.status == 404);
    CHECK(chosen.answer.allow.empty());
}

TEST_CASE("a wrong method is told which ones are right", "[items][routes]") {
    struct Row {
        std::string path;
        std::vector<Method> wrong;
        std::string allow;
    };
    const auto row = GENERATE(values<Row>({
        {"/items", {get, Method::head, options, Method::other}, "POST"},
        {"/items/1", {post, options, Method::other}, "GET, HEAD"},
        {"/health", {post, options, Method::other}, "GET, HEAD"},
    }));
    CAPTURE(row.path);
    for (const Method method : row.wrong) {
        const Route chosen = route(head(method, row.path), Limits{});
        CHECK(chosen.action == Action::answer);
        CHECK(chosen.answer.status == 405);
        CHECK(chosen.answer.allow == row.allow);
    }
}

TEST_CASE("a body may be as large as allowed, but not larger", "[items][routes]") {
    struct Row {
        std::uint64_t declared;
        int status;
    };
    const auto row =
        GENERATE(values<Row>({{0, 200}, {1000, 200}, {1001, 413}, {UINT64_MAX, 413}}));
    CAPTURE(row.declared);
    RequestHead request = head(post, "/items");
    request.content_length = row.declared;
    const Route chosen = route(request, Limits{.body_bytes = 1000});
    CHECK(chosen.answer.status == row.status);
    CHECK((chosen.action == Action::answer) == (row.status == 413));
}

TEST_CASE(
    "a request with several faults hears of the first: path, method, expectation, size",
    "[items][routes]") {
    RequestHead request = head(get, "/nowhere");
    request.unknown_expectation = true;
    request.content_length = UINT64_MAX;
    CHECK(route(request, Limits{}).answer.status == 404);
    request.path = "/items";
    CHECK(route(request, Limits{}).answer.status == 405);
    request.method = post;
    CHECK(route(request, Limits{}).answer.status == 417);
    request.unknown_expectation = false;
    CHECK(route(request, Limits{}).answer.status == 413);
    request.content_length = 5;
    CHECK(route(request, Limits{}).action == Action::save_item);
}

TEST_CASE("a saved item is answered with its id", "[items][routes]") {
    const auto response = saved(INT64_MAX);
    CHECK(response.status == 200);
    CHECK(response.content_type == "application/json");
    CHECK(response.body == R"({"pk": 9223372036854775807})");
}

TEST_CASE("a found item is answered with its bytes", "[items][routes]") {
    const std::string bytes("\0\r\n\xff", 4);
    const auto response = found(bytes);
    CHECK(response.status == 200);
    CHECK(response.content_type == "application/octet-stream");
    CHECK(response.body == bytes);
}

TEST_CASE("an item that isn't there is not found", "[items][routes]") {
    const auto response = found(std::nullopt);
    CHECK(response.status == 404);
    CHECK(response.content_type == "application/json");
}
