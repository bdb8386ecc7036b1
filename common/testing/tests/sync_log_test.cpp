// The check of durability must be able to fail: logs of system calls as strace writes them,
// in order and out of order.
#include "common/testing/sync_log.hpp"

#include "common/testing/catch.hpp"

using namespace six::testing;

namespace {

const std::string write_log =
    "7 pwrite64(5</tmp/items.db-wal>, \"\\0\\0token\\0\", 4096, 56) = 4096\n";
const std::string sync_log = "7 fdatasync(5</tmp/items.db-wal>) = 0\n";
const std::string answer =
    "8 sendto(9<socket:[77]>, \"HTTP/1.1 200 OK\\r\\n\\r\\n{\\\"pk\\\": 3}\", 40, 0) = "
    "40\n";

std::string verdict(const std::string& log) {
    return why_not_durable(parse_strace(log), "token", 3);
}

}  // namespace

TEST_CASE("write, sync, answer: that is durable", "[testing][durability]") {
    CHECK(verdict(write_log + sync_log + answer) == "");
}

TEST_CASE("an answer without a sync is not durable", "[testing][durability]") {
    CHECK(verdict(write_log + answer) == "item 3: answered before it was on the disk");
}

TEST_CASE("a sync after the answer is too late", "[testing][durability]") {
    CHECK(verdict(write_log + answer + sync_log) ==
          "item 3: answered before it was on the disk");
}

TEST_CASE("a sync before the write is too early", "[testing][durability]") {
    CHECK(verdict(sync_log + write_log + answer) ==
          "item 3: answered before it was on the disk");
}

TEST_CASE("a sync of another file does not count", "[testing][durability]") {
    CHECK(verdict(write_log + "7 fdatasync(6</tmp/items.db>) = 0\n" + answer) ==
          "item 3: answered before it was on the disk");
}

TEST_CASE("a sync that is not over when the answer goes out does not count",
          "[testing][durability]") {
    const std::string begun = "7 fdatasync(5</tmp/items.db-wal> <unfinished ...>\n";
    const std::string over = "7 <... fdatasync resumed>) = 0\n";
    CHECK(verdict(write_log + begun + answer + over) ==
          "item 3: answered before it was on the disk");
    CHECK(verdict(write_log + begun + answer) ==
          "item 3: answered before it was on the disk");
    CHECK(verdict(write_log + begun + over + answer) == "");
}

TEST_CASE("a sync that began before the write was over does not count",
          "[testing][durability]") {
    const std::string begun =
        write_log.substr(0, write_log.find(", 4096")) + " <unfinished ...>\n";
    const std::string over = "7 <... pwrite64 resumed>, 4096, 56) = 4096\n";
    const std::string sync = "9" + sync_log.substr(1);
    CHECK(verdict(begun + sync + over + answer) ==
          "item 3: answered before it was on the disk");
    CHECK(verdict(begun + over + sync + answer) == "");
}

TEST_CASE("an item that no log holds is not durable", "[testing][durability]") {
    CHECK(verdict(sync_log + answer) == "item 3: never written to a write-ahead log");
}

TEST_CASE("an answer with another id is another answer", "[testing][durability]") {
    const auto calls = parse_strace(write_log + sync_log + answer);
    CHECK(why_not_durable(calls, "token", 33) ==
          "item 33: its answer is not in the log of system calls");
}

TEST_CASE("what is no call is left out of the log", "[testing][durability]") {
    const auto calls = parse_strace(
        "7 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1} ---\n"
        "8 +++ exited with 0 +++\n" +
        sync_log + "\n");
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].name == "fdatasync");
    CHECK(calls[0].begin == 2);
}
