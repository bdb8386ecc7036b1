// What the store does when the file, the disk or another program is in its way: one clear
// sentence at the start, 503 later on, nothing lost, and it lives on.
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <vector>

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#endif

#include "common/http/message.hpp"
#include "common/items/item_store.hpp"
#include "common/items/tests/other_connection.hpp"
#include "common/items/tests/power_loss_vfs.hpp"
#include "common/testing/captured_stderr.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/files.hpp"
#include "common/testing/skip.hpp"
#include "common/testing/temporary_directory.hpp"

using Catch::Matchers::ContainsSubstring;
using six::ItemStore;
using six::testing::CapturedStderr;
using six::testing::OtherConnection;
using six::testing::PowerLossVfs;
using six::testing::read_file;
using six::testing::TemporaryDirectory;
namespace fs = std::filesystem;

namespace {

/// Why the store doesn't open the file; empty if it does.
std::string opening_error(const std::string& file) {
    try {
        ItemStore{{.file = file}};
        return "";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

/// What a client is told whose item isn't saved, whatever the reason.
const std::string cannot_save = "the database can't save this";

/// What the store says when it doesn't save; empty if it does. Anything but a 503 is passed
/// on.
std::string saving_error(ItemStore& store, const std::string& body) {
    try {
        store.save(body);
        return "";
    } catch (const six::http::Error& error) {
        if (error.status() != 503) throw;
        return error.what();
    }
}

void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

/// One line that names the file and says what is wrong with it.
void check_sentence(const std::string& error, const std::string& file,
                    const std::string& reason) {
    CHECK_THAT(error, ContainsSubstring(file));
    CHECK_THAT(error, ContainsSubstring(reason));
    CHECK_THAT(error, !ContainsSubstring("\n"));
}

/// Saves until the disk is full, and returns how many rows were acknowledged.
int fill(ItemStore& store, const std::string& body) {
    constexpr int too_many = 10'000;
    int saved = 0;
    while (saved < too_many && saving_error(store, body).empty()) ++saved;
    return saved;
}

/// A store that was full once: what it had acknowledged is there, and it goes on saving.
void check_recovery(ItemStore& store, const std::string& file, const std::string& body,
                    int saved) {
    REQUIRE(store.save("after") == saved + 1);
    for (int pk = 1; pk <= saved; ++pk) REQUIRE((store.find(pk) == body));
    CHECK(store.find(saved + 1) == "after");
    CHECK(OtherConnection{file}.run("PRAGMA integrity_check") == "ok");
}

/// Lowers the size that this process's files may have, for as long as this lives: to the
/// kernel an error like a full disk, and one that needs no rights.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit lowered = before_;
        lowered.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &lowered);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    void (*handler_)(int);
    rlimit before_{};
};

#ifdef __linux__
/// A disk of 1 MB, in memory, that only this process sees: gone when it ends, however it
/// does.
class SmallDisk {
  public:
    explicit SmallDisk(fs::path where) : where_(std::move(where)) {
        mounted_ = ::unshare(CLONE_NEWNS) == 0 &&
                   ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                   ::mount("six", where_.c_str(), "tmpfs", 0, "size=1m") == 0;
    }
    ~SmallDisk() {
        if (mounted_) ::umount2(where_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    bool mounted() const { return mounted_; }

  private:
    fs::path where_;
    bool mounted_ = false;
};
#endif

}  // namespace

// --- at the start ---

TEST_CASE("a database in a missing directory is refused", "[items][trouble]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("missing/items.db");
    check_sentence(opening_error(file), file, "No such file or directory");
}

TEST_CASE("a directory is no database", "[items][trouble]") {
    const TemporaryDirectory directory;
    const std::string file = directory.path().string();
    check_sentence(opening_error(file), file, "unable to open database file");
}

TEST_CASE("a text file is no database, and stays as it is", "[items][trouble]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("poem.txt");
    write_file(file, std::string(5000, 'x'));
    check_sentence(opening_error(file), file, "file is not a database");
    CHECK((read_file(file) == std::string(5000, 'x')));
}

TEST_CASE("a damaged database is refused", "[items][trouble]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    ItemStore{{.file = file}}.save(std::string(100'000, 'x'));
    REQUIRE(opening_error(file) == "");

    SECTION("one that is cut short") {
        fs::resize_file(file, fs::file_size(file) / 2);
    }
    SECTION("one whose table is overwritten") {
        std::string bytes = read_file(file);
        bytes.replace(4096, 4096, std::string(4096, 'y'));
        write_file(file, bytes);
    }
    check_sentence(opening_error(file), file, "database disk image is malformed");
}

TEST_CASE("another program's table is left alone", "[items][trouble]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("shop.db");
    OtherConnection{file}.run(GENERATE("CREATE TABLE items (name TEXT, price REAL)",
                                       "CREATE TABLE items (pk TEXT, body BLOB)",
                                       "CREATE VIEW items AS SELECT 1"));
    const std::string before = read_file(file);
    check_sentence(opening_error(file), file, "belongs to another program");
    CHECK((read_file(file) == before));
}

TEST_CASE("a database that another program keeps for itself is refused",
          "[items][trouble]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    OtherConnection other{file};
    other.run("BEGIN EXCLUSIVE; CREATE TABLE other (x)");
    check_sentence(opening_error(file), file, "database is locked");
    other.run("COMMIT");
    CHECK(opening_error(file) == "");
}

TEST_CASE("an empty name is no database file", "[items][trouble]") {
    CHECK_THAT(opening_error(""), ContainsSubstring("write-ahead log"));
}

TEST_CASE("a database that may only be read is refused", "[items][trouble]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    ItemStore{{.file = file}}.save("old");
    const std::string result = directory.file("result");
    write_file(result, "");

    // The super-user may write everything: so a child becomes somebody else.
    ::chmod(directory.path().c_str(), GENERATE(as<mode_t>{}, 0755, 0555));
    ::chmod(file.c_str(), 0444);
    ::chmod(result.c_str(), 0666);
    const pid_t child = ::fork();
    if (child == 0) {
        if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(1);
        write_file(result, opening_error(file));
        ::_exit(0);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    ::chmod(directory.path().c_str(), 0755);  // else it can't be removed
    check_sentence(read_file(result), file, "it is read-only");
}

// --- while it runs ---

TEST_CASE("a locked database answers 503 and recovers", "[items][trouble]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    ItemStore store{{.file = file}};
    store.save("before");
    OtherConnection other{file};
    other.run("BEGIN IMMEDIATE");
    const CapturedStderr log;
    CHECK(saving_error(store, "item") == cannot_save);
    CHECK(log.text() == "can't save in " + file + ": database is locked\n");
    CHECK(store.find(1) == "before");  // readers are not held up
    other.run("COMMIT");
    CHECK(store.save("after") == 2);
    CHECK(store.find(2) == "after");
}

TEST_CASE("why an item can't be found is not for its client, either", "[items][trouble]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    ItemStore store{{.file = file}};
    OtherConnection{file}.run("DROP TABLE items");
    const CapturedStderr log;
    CHECK_THROWS_WITH(store.find(1), "the database can't find this");
    CHECK_THROWS_WITH(store.look_up(1), "the database can't find this");
    CHECK_THAT(log.text(),
               ContainsSubstring("can't find in " + file + ": no such table: items\n"));
}

TEST_CASE("a full disk answers 503, keeps what it has and recovers", "[items][trouble]") {
    PowerLossVfs disk;
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    const std::string body(3000, 'x');
    ItemStore store{{.file = file}};
    for (int i = 0; i < 5; ++i) store.save(body);

    disk.set_disk_full(true);
    const CapturedStderr log;
    CHECK(saving_error(store, "item") == cannot_save);
    CHECK_THAT(log.text(), ContainsSubstring("disk is full"));
    CHECK_THROWS_AS(store.save_all(std::vector<std::string_view>(3, body)),
                    six::http::Error);
    CHECK((store.find(5) == body));
    disk.set_disk_full(false);
    check_recovery(store, file, body, 5);
}

TEST_CASE("a disk that is full or broken is no item's fault", "[items][trouble]") {
    PowerLossVfs disk;
    const TemporaryDirectory directory;
    ItemStore store{{.file = directory.file("items.db")}};
    const bool full = GENERATE(true, false);
    if (full)
        disk.set_disk_full(true);
    else
        disk.cut_power();
    const std::string body(3000, 'x');
    const std::vector<std::string_view> bodies(3, body);
    const ItemStore::Source source = [](std::uint64_t, std::span<char> buffer) {
        std::ranges::fill(buffer, 'x');
    };
    CHECK_THROWS_AS(store.save_all(bodies), ItemStore::Unavailable);
    CHECK_THROWS_AS(store.save(body), ItemStore::Unavailable);
    CHECK_THROWS_AS(store.save(1'000'000, source), ItemStore::Unavailable);
}

TEST_CASE("an item that is refused for what it is makes nothing unavailable",
          "[items][trouble]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    ItemStore store{{.file = file}};
    OtherConnection{file}.run(
        "CREATE TRIGGER picky BEFORE INSERT ON items WHEN new.body = CAST('bad' AS BLOB) "
        "BEGIN SELECT RAISE(ABORT, 'not this one'); END");
    const auto is_unavailable = [&store] {
        try {
            store.save_all(std::vector<std::string_view>{"good", "bad"});
        } catch (const ItemStore::Unavailable&) {
            return true;
        } catch (const six::http::Error&) {
            return false;
        }
        throw std::logic_error("it is saved");
    };
    CHECK_FALSE(is_unavailable());
    CHECK(store.save("good") == 1);
}

TEST_CASE("files that may not grow answer 503, and later they may", "[items][trouble]") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    const std::string body(50'000, 'x');
    ItemStore store{{.file = file}};
    int saved = 0;
    {
        const FileSizeLimit limit{1'000'000};
        const CapturedStderr log;
        saved = fill(store, body);
        CHECK(saved > 5);
        CHECK(saving_error(store, body) == cannot_save);
        CHECK_THAT(log.text(), ContainsSubstring("disk I/O error"));
    }
    check_recovery(store, file, body, saved);
}

TEST_CASE("a disk that is truly full answers 503 and recovers", "[items][trouble]") {
#ifdef __linux__
    const TemporaryDirectory directory;
    const SmallDisk disk{directory.path()};
    if (!disk.mounted()) SIX_SKIP("only root may make a small disk");
    const std::string file = directory.file("items.db");
    const std::string ballast = directory.file("ballast");
    const std::string body(20'000, 'x');
    write_file(ballast, std::string(300'000, 'x'));
    ItemStore store{{.file = file}};
    const CapturedStderr log;
    const int saved = fill(store, body);
    CHECK(saved > 5);
    CHECK(saving_error(store, body) == cannot_save);
    CHECK_THAT(log.text(), ContainsSubstring("disk is full"));
    fs::remove(ballast);
    check_recovery(store, file, body, saved);
#else
    SIX_SKIP("this system can't make a small disk");
#endif
}
