// The rules about fields alone: they hold though llhttp knows some of them too.
#include "common/http/head_fields.hpp"

#include <string>
#include <utility>
#include <vector>

#include "common/testing/catch.hpp"

using namespace six::http;

namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

HeadFields collected(const Lines& lines) {
    HeadFields fields;
    for (const auto& [name, value] : lines) fields.add(name, value);
    return fields;
}

int status_of(Lines lines, int minor_version = 1) {
    lines.emplace_back("Host", "test");
    RequestHead head{.minor_version = minor_version};
    const auto refusal = collected(lines).apply_to(head);
    return refusal ? refusal->status : 200;
}

}  // namespace

TEST_CASE("a body has one length, or chunks", "[http][fields]") {
    const std::string length = "Content-Length";
    const std::string encoding = "Transfer-Encoding";
    CHECK(status_of({{length, "5"}}) == 200);
    CHECK(status_of({{encoding, "chunked"}}) == 200);
    CHECK(status_of({{length, "5"}, {length, "5"}}) == 400);
    CHECK(status_of({{length, "x"}}) == 400);
    CHECK(status_of({{length, "5"}, {encoding, "chunked"}}) == 400);
    CHECK(status_of({{encoding, "chunked"}, {length, "5"}}) == 400);
    CHECK(status_of({{encoding, "chunked"}, {encoding, "chunked"}}) == 400);
    CHECK(status_of({{encoding, "chunked, chunked"}}) == 400);
    CHECK(status_of({{encoding, "chunked, gzip, chunked"}}) == 400);
    CHECK(status_of({{encoding, "chunked, gzip"}}) == 400);
    CHECK(status_of({{encoding, ""}}) == 400);
    CHECK(status_of({{encoding, "gzip"}, {encoding, "chunked"}}) == 501);
    CHECK(status_of({{encoding, "chunked"}}, 0) == 400);
}

TEST_CASE("a length is a number of 64 bits", "[http][fields]") {
    const auto length_in = [](const std::string& value) {
        RequestHead head;
        collected({{"Host", ""}, {"content-length", value}}).apply_to(head);
        return head.content_length;
    };
    CHECK(length_in("0") == 0u);
    CHECK(length_in(" 12\t") == 12u);
    CHECK(length_in("18446744073709551615") == 18446744073709551615u);
    for (const std::string wrong :
         {"18446744073709551616", "", "-1", "+1", "1 2", "1,1", "0x1"}) {
        INFO(wrong);
        CHECK(!length_in(wrong));
        CHECK(status_of({{"Content-Length", wrong}}) == 400);
    }
}

TEST_CASE("a trailer may not declare a length", "[http][fields]") {
    CHECK(collected({{"Content-Length", "5"}}).declare_length());
    CHECK(collected({{"Transfer-Encoding", "x"}}).declare_length());
    CHECK(!collected({{"Host", "test"}, {"Connection", "close"}}).declare_length());
}
