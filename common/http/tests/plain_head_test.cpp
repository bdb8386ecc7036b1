// Two ways lead to a head: in one go, where it is plain and whole, and byte by byte. Nobody
// may be able to tell which one a request took.
#include "common/http/plain_head.hpp"

#include <string>
#include <string_view>

#include "common/http/tests/outcome.hpp"
#include "common/testing/catch.hpp"

using namespace six::http;

namespace {

const std::string plain_head =
    "POST /items?a=b HTTP/1.1\r\nHost: test:80\r\nContent-Length: 2\r\nConnection: "
    "close\r\nX-1:\r\n\r\n";
const std::string plain = plain_head + "hi";

std::size_t read(std::string_view bytes, const Limits& limits = {}) {
    RequestHead head;
    return read_plain_head(bytes, limits, head);
}

/// REQUIRE is slow, and there are many.
void require_one_outcome(const std::string& bytes, const Limits& limits = {}) {
    const auto at_once = outcome_of({bytes}, limits);
    if (at_once == outcome_of(single_bytes(bytes), limits)) return;
    CAPTURE(bytes);
    REQUIRE(at_once == outcome_of(single_bytes(bytes), limits));
}

}  // namespace

TEST_CASE("a plain head is read in one go", "[http][plain]") {
    RequestHead head;
    CHECK(read_plain_head(plain, {}, head) == plain_head.size());
    CHECK(head.method == Method::post);
    CHECK(head.path == "/items");
    CHECK(head.content_length == 2u);
    CHECK(!head.keep_alive);
    CHECK(read("GET / HTTP/1.1\r\nHost: test\r\n\r\n") > 0);
    CHECK(read("HEAD /health HTTP/1.1\r\nhost:test\r\n\r\n") > 0);
}

TEST_CASE("what is not plain, or not whole, is left as it was", "[http][plain]") {
    for (std::size_t size = 0; size < plain_head.size(); ++size)
        CHECK(read(std::string_view(plain_head).substr(0, size)) == 0);
    const std::string rest = " HTTP/1.1\r\nHost: test\r\n\r\n";
    for (const std::string start :
         {"OPTIONS *", "DELETE /items/1", "GET http://test/", "GET /#a", "get /", "GET"})
        CHECK(read(start + rest) == 0);
    for (const std::string field :
         {"Transfer-Encoding: chunked", "Content-Length: x", "Host: b", " folded", "A : b"})
        CHECK(read("POST /items HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n") == 0);
    CHECK(read("GET / HTTP/1.0\r\nHost: test\r\n\r\n") == 0);
    CHECK(read("\r\nGET / HTTP/1.1\r\nHost: test\r\n\r\n") == 0);
}

TEST_CASE("any byte anywhere has one outcome, however it is read", "[http][plain]") {
    for (std::size_t at = 0; at < plain_head.size(); ++at) {
        std::string without = plain;
        require_one_outcome(without.erase(at, 1));
        for (int byte = 0; byte < 256; ++byte) {
            std::string changed = plain;
            changed[at] = static_cast<char>(byte);
            require_one_outcome(changed);
            require_one_outcome(changed.insert(at, 1, plain[at]));
        }
    }
}

TEST_CASE("every limit is the same for both ways", "[http][plain]") {
    for (std::size_t most = 0; most < plain.size(); ++most) {
        require_one_outcome(plain, {.target_bytes = most});
        require_one_outcome(plain, {.header_bytes = most});
        require_one_outcome(plain, {.header_fields = most});
        require_one_outcome(plain, {.body_bytes = most});
    }
}
