#include "bench/speed/answer_frame.hpp"
#include "common/testing/catch.hpp"

using namespace six::speed;

TEST_CASE("an answer ends where its Content-Length says", "[bench][speed]") {
    const auto frame = frame_of("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP");
    REQUIRE(frame);
    CHECK(frame->bytes == 41);
    CHECK(frame->ok);
    CHECK(frame->framed);
}

TEST_CASE("a field's name may have any case, and stand anywhere", "[bench][speed]") {
    for (const char* head :
         {"HTTP/1.1 200 OK\r\ncontent-length:7\r\nDate: x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nCONTENT-LENGTH:  7\r\n\r\n",
          "HTTP/1.1 200 OK\r\nX-Content-Length: 9\r\nContent-Length: 7\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Lengthy: 9\r\nContent-Length: 7\r\n\r\n"}) {
        const auto frame = frame_of(head);
        REQUIRE(frame);
        CHECK(frame->bytes == std::string_view(head).size() + 7);
    }
}

TEST_CASE("a head without its empty line is not complete", "[bench][speed]") {
    constexpr std::string_view head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    for (std::size_t size = 0; size < head.size(); ++size)
        CHECK_FALSE(frame_of(head.substr(0, size)));
    CHECK(frame_of(head)->bytes == head.size());
}

TEST_CASE("only the status 200 is ok", "[bench][speed]") {
    CHECK_FALSE(frame_of("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")->ok);
    CHECK_FALSE(frame_of("HTTP/1.1 503 200\r\nContent-Length: 0\r\n\r\n")->ok);
    CHECK_FALSE(frame_of("\r\n\r\n")->ok);
}

TEST_CASE("an answer without a length can't be told from the next", "[bench][speed]") {
    for (const char* head : {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                             "HTTP/1.1 200 OK\r\n\r\nContent-Length: 5\r\n"}) {
        const auto frame = frame_of(head);
        REQUIRE(frame);
        CHECK_FALSE(frame->framed);
    }
}
