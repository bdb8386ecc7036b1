// The guard alone, without llhttp behind it: it refuses at the very byte that is wrong.
#include "common/http/framing_guard.hpp"

#include <string>
#include <vector>

#include "common/testing/catch.hpp"

using namespace six::http;
using Found = FramingGuard::Found;

namespace {

struct Wrong {
    std::string fine;  // as far as the guard lets it pass
    std::string wrong;
    int status;
};

void check_refused(FramingGuard guard, const Wrong& row) {
    INFO(row.fine << " | " << row.wrong);
    const auto piece = guard.scan(row.fine + row.wrong);
    CHECK(piece.found == Found::refused);
    CHECK(piece.size == row.fine.size());
    CHECK(guard.refusal().status == row.status);
}

}  // namespace

TEST_CASE("the guard refuses a head at the byte that is wrong", "[http][guard]") {
    const std::string line = "GET / HTTP/1.1\r\n";
    const std::vector<Wrong> rows{
        {"\r", "\r", 400},
        {"GET /", "\n", 400},
        {"GET / ", " HTTP/1.1", 400},
        {"GET /", "\x80 HTTP/1.1", 400},
        {"GET / HTTP/", "2", 505},
        {"GET / HTTP/1.1", "\n", 400},
        {"GET / HTTP/1.1", " \r\n", 400},
        {line, " A: 1", 400},
        {line, "\n", 400},
        {line + "A", " : 1", 400},
        {line + "A", "\t: 1", 400},
        {line + "A: 1", "\nB: 2", 400},
        {line + "A: 1\r", "B: 2", 400},
        {line + "A: 1\r", "\r\n", 400},
        {line + "A: ", std::string(1, '\0'), 400},
        {line + "A: ", "\x7f", 400},
        {line + "A: 1\r\n", " 2", 400},
        {line + "A: 1\r\n\r", "X", 400},
    };
    const Limits limits;
    for (const auto& row : rows) check_refused(FramingGuard(limits), row);
}

TEST_CASE("the guard refuses a chunk line at the byte that is wrong", "[http][guard]") {
    const std::vector<Wrong> rows{
        {"", "\r\n", 400},   {"", ";a\r\n", 400}, {"5", "\n", 400},     {"5", " \r\n", 400},
        {"5", "x\r\n", 400}, {"5\r", "x", 400},   {"5\r", "\r\n", 400},
    };
    const Limits limits;
    for (const auto& row : rows) {
        FramingGuard guard(limits);
        guard.begin_chunks();
        check_refused(guard, row);
    }
}

TEST_CASE("the guard tells an extension from what llhttp needs", "[http][guard]") {
    const Limits limits;
    FramingGuard guard(limits);
    guard.begin_chunks();
    const std::string_view line = "1f;a=\"b;\"\r\nrest";
    const auto before = guard.scan(line);
    CHECK(before.found == Found::extension_start);
    CHECK(line.substr(0, before.size) == "1f");
    const auto extension = guard.scan(line.substr(before.size));
    CHECK(extension.found == Found::extension_end);
    CHECK(line.substr(before.size, extension.size) == ";a=\"b;\"");
    const auto end = guard.scan(line.substr(before.size + extension.size));
    CHECK(end.found == Found::section_end);
    CHECK(end.size == 2);
}

TEST_CASE("the guard refuses an extension at the byte that is wrong", "[http][guard]") {
    const std::vector<Wrong> rows{{";", "\r\n", 400},
                                  {";", " a\r\n", 400},
                                  {";a", "\n", 400},
                                  {";a=\"", "\x01\"", 400}};
    const Limits limits;
    for (const auto& row : rows) {
        FramingGuard guard(limits);
        guard.begin_chunks();
        guard.scan("5;");
        check_refused(guard, row);
    }
}

TEST_CASE("the guard wants CR LF behind a chunk's data", "[http][guard]") {
    const Limits limits;
    FramingGuard guard(limits);
    guard.begin_chunks();
    guard.end_chunk_data();
    check_refused(guard, {"", "x", 400});
    check_refused(guard, {"", "\n", 400});
    check_refused(guard, {"\r", "x", 400});
    const auto piece = guard.scan("\r\n5\r\n");
    CHECK(piece.found == Found::section_end);
    CHECK(piece.size == 5);
}
