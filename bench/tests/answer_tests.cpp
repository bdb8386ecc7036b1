#include "bench/answer.hpp"

#include "common/testing/catch.hpp"

using namespace six::bench;

namespace {

const std::string go_ahead = "HTTP/1.1 100 Continue\r\n\r\n";
const std::string saved =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\ncontent-length:  "
    "9\r\n\r\n{\"pk\": 7}";

}  // namespace

TEST_CASE("an answer is taken when its last byte is there, and not before",
          "[bench][answer]") {
    std::string received;
    for (std::size_t i = 0; i + 1 < saved.size(); ++i) {
        received += saved[i];
        CHECK_FALSE(take_answer(received));
    }
    received += saved.back();
    const auto answer = take_answer(received);
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->body == "{\"pk\": 7}");
    CHECK(received.empty());
}

TEST_CASE("an interim answer has no body, and leaves the next one", "[bench][answer]") {
    std::string received = go_ahead + saved;
    CHECK(take_answer(received).value().status == 100);
    CHECK(received == saved);
    CHECK(take_answer(received).value().status == 200);
}

TEST_CASE("what is no HTTP, or has no length, has status 0", "[bench][answer]") {
    for (std::string received :
         {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 OK 200\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nbody"}) {
        INFO(received);
        const auto answer = take_answer(received);
        REQUIRE(answer);
        CHECK(answer->status == 0);
    }
}

TEST_CASE("only 200 and a positive key say that the item was saved", "[bench][answer]") {
    CHECK(says_saved({200, "{\"pk\": 1}"}));
    CHECK(says_saved({200, "{\"pk\": 9223372036854775807}"}));
    CHECK_FALSE(says_saved({201, "{\"pk\": 1}"}));
    CHECK_FALSE(says_saved({503, "{\"pk\": 1}"}));
    for (const char* body :
         {"", "{}", "{\"pk\": 0}", "{\"pk\": -1}", "{\"pk\": 1", "{\"pk\": x}",
          "{\"pk\": 01}", "{\"pk\": 1} ", "{\"error\": \"busy\"}"}) {
        INFO(body);
        CHECK_FALSE(says_saved({200, body}));
    }
}
