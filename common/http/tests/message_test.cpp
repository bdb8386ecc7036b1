// An error becomes a response, whose body is JSON whatever the error says.
#include "common/http/message.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "common/testing/catch.hpp"

using namespace six::http;

namespace {

std::string message_in(const Response& response) {
    return nlohmann::json::parse(response.body).at("error").get<std::string>();
}

std::string as_sent(const std::string& message) {
    return to_response(Error(400, message)).body;
}

}  // namespace

TEST_CASE("an error becomes a response", "[http][message]") {
    const auto response = to_response(Error(405, "only GET", "GET, HEAD"));
    CHECK(response.status == 405);
    CHECK(response.content_type == "application/json");
    CHECK(response.body == R"({"error": "only GET"})");
    CHECK(response.allow == "GET, HEAD");
    CHECK(response.retry_after_s == 0);
}

TEST_CASE("a server that is busy asks to be tried again", "[http][message]") {
    CHECK(to_response(Error(503, "busy")).retry_after_s == 1);
    CHECK(to_response(Error(500, "broken")).retry_after_s == 0);
}

TEST_CASE("quotes, backslashes and control bytes are escaped", "[http][message]") {
    CHECK(as_sent(R"(a "b" \c)") == R"({"error": "a \"b\" \\c"})");
    CHECK(as_sent("\n\t\x1f") == R"({"error": "\u000a\u0009\u001f"})");
    CHECK(as_sent("\x7f/") == "{\"error\": \"\x7f/\"}");
}

TEST_CASE("a message of any bytes can be read back", "[http][message]") {
    std::string all;
    for (int byte = 1; byte < 0x80; ++byte) all += static_cast<char>(byte);
    all += "\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf";
    all += "\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf";
    CHECK(message_in(to_response(Error(400, all))) == all);
}

TEST_CASE("what is not UTF-8 is replaced", "[http][message]") {
    const std::string mark = "\xef\xbf\xbd";
    for (const std::string wrong :
         {"\x80", "\xbf", "\xc0", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xe1\x80",
          "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80", "\xff", "\xc2x", "\xe1\x80x", "\xf1\x80\x80x"}) {
        const auto message = message_in(to_response(Error(400, wrong + "!")));
        CHECK(message.substr(0, mark.size()) == mark);
        CHECK(message.back() == '!');
    }
}

TEST_CASE("every byte before any edge of UTF-8 makes valid JSON", "[http][message]") {
    const std::string edges =
        "\x01\"\\\x7f\x80\x8f\x90\x9f\xa0\xbf\xc2\xdf\xe0\xed\xf0\xf4\xff";
    for (int byte = 1; byte < 256; ++byte) {
        for (const char edge : edges) {
            const std::string pair{static_cast<char>(byte), edge};
            INFO(byte << " and " << static_cast<int>(edge));
            REQUIRE(nlohmann::json::accept(as_sent(pair)));
        }
    }
}
