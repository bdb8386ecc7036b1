// A fault of the server's own: it is one request's trouble.
#include <string>

#include "06_full_server/tests/scripted_house.hpp"
#include "common/testing/catch.hpp"

using namespace six::full::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string post =
    "POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";

/// What a client that came last gets for a request.
std::string answer(House& house, const std::string& request) {
    const std::size_t before = house.client().received().size();
    house.client().send(request);
    house.settle();
    while (house.client().read(4096)) house.settle();
    return std::string(house.client().received().substr(before));
}

}  // namespace

TEST_CASE("a fault in a handler is that request's 500, and nobody else's trouble",
          "[06][fault]") {
    House house{{}};
    house.connect();
    house.database().mood = ScriptedDatabase::Mood::broken;
    CHECK_THAT(answer(house, post), ContainsSubstring("HTTP/1.1 500 "));
    house.database().mood = ScriptedDatabase::Mood::at_once;
    CHECK_THAT(answer(house, post), ContainsSubstring(R"({"pk": 3})"));  // the same client
    house.turn_to(0);
    CHECK_THAT(answer(house, post), ContainsSubstring(R"({"pk": 4})"));
    house.connect();
    CHECK_THAT(answer(house, post), ContainsSubstring(R"({"pk": 5})"));
}
