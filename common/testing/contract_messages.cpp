// The contract: how answers look, and the requests that are unusual but right.
#include <ctime>

#include "common/testing/contract.hpp"
#include "common/testing/slow_clients.hpp"

using namespace six::testing;

namespace {

/// The time in a `Date` field (RFC 9110, section 5.6.7); 0 if it has another form.
std::time_t parse_date(const std::string& text) {
    std::tm time{};
    const char* const end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
    return end == text.c_str() + text.size() ? ::timegm(&time) : 0;
}

}  // namespace

TEST_CASE("every answer has one length and one date", "[contract][messages]") {
    const Server server;
    for (const std::string& text :
         {get("/health"), post("x"), get("/nothing"), request("PUT", "/items"),
          request("BREW", "/"), std::string("no HTTP\r\n\r\n")}) {
        INFO(text);
        const Response response = ask(server, text);
        CHECK(response.version == "HTTP/1.1");
        CHECK(response.count("Content-Length") == 1);
        CHECK(response.count("Date") == 1);
        CHECK(response.count("Connection") <= 1);
    }
}

TEST_CASE("the date of an answer is now", "[contract][messages]") {
    const Server server;
    constexpr std::time_t clocks_differ_s = 60;
    const std::time_t before = std::time(nullptr) - clocks_differ_s;
    const std::string date = ask(server, get("/health")).field("Date").value_or("");
    const std::time_t after = std::time(nullptr) + clocks_differ_s;
    INFO(date);
    CHECK(parse_date(date) >= before);
    CHECK(parse_date(date) <= after);
}

TEST_CASE("a client may ask what the server can do", "[contract][messages]") {
    const Server server;
    const Response response = ask(server, request("OPTIONS", "*"));
    const bool ok = response.status == 200 || response.status == 204;
    INFO(response.status);
    CHECK(ok);
    CHECK(response.body == "");
    const std::string allow = response.field("Allow").value_or("");  // RFC 9110, 9.3.7
    for (const char* method : {"GET", "HEAD", "POST", "OPTIONS"})
        CHECK_THAT(allow, Catch::Matchers::ContainsSubstring(method));
}

TEST_CASE("a target may name the server", "[contract][messages]") {
    const Server server;
    CHECK(ask(server, get("http://test/health")).status == 200);
    CHECK(ask(server, get("http://test:8080/health?x=1")).status == 200);
    check_error(ask(server, get("http://test/nothing")), 404);
    check_error(ask(server, get("http://test")), 404);
}

TEST_CASE("a query does not change the path", "[contract][messages]") {
    const Server server;
    const std::int64_t pk = save(server, "asked for with a query");
    CHECK(ask(server, get(item_path(pk) + "?")).body == "asked for with a query");
    CHECK(ask(server, get(item_path(pk) + "?a=b&c=/d?e")).body == "asked for with a query");
    CHECK(ask(server, get("/health?")).status == 200);
    check_error(ask(server, get("/?/health")), 404);
}

TEST_CASE("names of fields may be written in any case", "[contract][messages]") {
    const Server server;
    const Response response =
        ask(server, "POST /items HTTP/1.1\r\nhOST: test\r\ncontent-LENGTH:5\r\n\r\nhello");
    CHECK(response.status == 200);
}

TEST_CASE("names of methods are written in capitals only", "[contract][messages]") {
    const Server server;
    const Response response = ask(server, request("get", "/health"));
    check_error(response, response.status == 400 ? 400 : 501);
}

TEST_CASE("fields that nobody knows are read over", "[contract][messages]") {
    const Server server;
    const std::string fields =
        "Accept: */*\r\nEmpty:\r\nSpaces:  \t x \t\r\nName: \xC3\xA9\r\n";
    CHECK(ask(server, request("GET", "/health", fields)).status == 200);
}

TEST_CASE("an empty line before a request is read over", "[contract][messages]") {
    const Server server;
    CHECK(ask(server, "\r\n" + get("/health")).status == 200);  // RFC 9112, section 2.2
}
