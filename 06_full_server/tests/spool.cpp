// Large items on their way: what comes out is what went in, and a disk that fails is told.
#include "06_full_server/spool.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include "common/http/message.hpp"
#include "common/testing/captured_stderr.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/skip.hpp"
#include "common/testing/small_disk.hpp"
#include "common/testing/temporary_directory.hpp"

using six::full::Spool;
using namespace six::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string read(const Spool& spool, std::size_t offset, std::size_t size) {
    std::string bytes(size, '?');
    spool.read(offset, bytes);
    return bytes;
}

const std::string cannot_keep = "there is no room for a large item";

}  // namespace

TEST_CASE("a spool gives back what it got, from the file and from memory", "[06][upload]") {
    const TemporaryDirectory directory;
    Spool spool({directory.path()});
    std::string all;
    const int flushes = GENERATE(0, 1, 2);
    for (int i = 0; i < flushes; ++i) {
        const std::string part(Spool::piece_bytes + 1, static_cast<char>('a' + i));
        spool.append(part);
        CHECK(spool.wants_flush());
        spool.flush();
        CHECK_FALSE(spool.wants_flush());
        all += part;
    }
    spool.append("the end");
    all += "the end";
    CHECK_FALSE(spool.wants_flush());
    REQUIRE(spool.size() == all.size());
    CHECK(read(spool, 0, all.size()) == all);
    for (std::size_t offset = 0; offset < all.size(); offset += 65'000) {
        const std::size_t size = std::min<std::size_t>(100'000, all.size() - offset);
        CHECK(read(spool, offset, size) == all.substr(offset, size));
    }
    CHECK(read(spool, all.size(), 0).empty());
    CHECK(std::filesystem::is_empty(directory.path()));  // its file has no name
}

TEST_CASE("a spool whose folder isn't there is refused", "[06][upload]") {
    const TemporaryDirectory directory;
    const std::string nowhere = directory.file("nowhere");
    Spool spool({nowhere});
    spool.append("item");
    const CapturedStderr log;
    CHECK_THROWS_WITH(spool.flush(), cannot_keep);  // and not where
    CHECK(log.text() ==
          "can't keep a large item in " + nowhere + ": No such file or directory\n");
}

TEST_CASE("a spool that fills the disk is refused, and leaves it empty", "[06][upload]") {
    const SmallDisk disk("1m");
    if (!disk.mounted()) SIX_SKIP("only root may make a small disk");
    {
        Spool spool({disk.file(".")});
        spool.append(std::string(2 * 1024 * 1024, 'x'));
        const CapturedStderr log;
        CHECK_THROWS_WITH(spool.flush(), cannot_keep);
        CHECK_THAT(log.text(), ContainsSubstring("No space left"));
    }
    Spool next({disk.file(".")});
    next.append(std::string(512 * 1024, 'x'));
    CHECK_NOTHROW(next.flush());
}

#ifdef __linux__  // elsewhere nobody gets at a file without a name

TEST_CASE("a spool whose file is too short is refused, and says so", "[06][upload]") {
    const TemporaryDirectory directory;
    Spool spool({directory.path()});
    spool.append(std::string(1000, 'x'));
    spool.flush();
    for (const auto& fd : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        const auto file = std::filesystem::read_symlink(fd, gone).string();
        if (file.starts_with(directory.path().string() + "/"))
            std::filesystem::resize_file(fd, 500);
    }
    const CapturedStderr log;
    errno = ENOSPC;  // of some call before
    CHECK_THROWS_WITH(read(spool, 0, 1000), cannot_keep);
    CHECK_THAT(log.text(), ContainsSubstring("ends too early"));
}

#endif
