// The access log: what it says of a request, and that a reader who sleeps holds up nobody.
#include "06_full_server/access_log.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <future>
#include <optional>
#include <regex>
#include <sstream>
#include <string>

#include "01_blocking/unique_fd.hpp"
#include "common/testing/catch.hpp"
#include "common/testing/client.hpp"
#include "common/testing/deadline.hpp"
#include "common/testing/files.hpp"
#include "common/testing/server_process.hpp"
#include "common/testing/temporary_directory.hpp"

using namespace six::testing;
using Catch::Matchers::ContainsSubstring;
using six::UniqueFd;
using six::full::AccessLog;
namespace fs = std::filesystem;

namespace {

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        reading = UniqueFd(ends[0]);
        writing = UniqueFd(ends[1]);
    }
    /// Blocks until so much has come, or the writer has gone.
    std::string read(std::size_t least) const {
        std::string text;
        std::array<char, 65536> buffer{};
        while (text.size() < least) {
            const ssize_t bytes = ::read(reading.get(), buffer.data(), buffer.size());
            if (bytes <= 0) break;
            text.append(buffer.data(), static_cast<std::size_t>(bytes));
        }
        return text;
    }
    UniqueFd reading;
    UniqueFd writing;
};

/// Until it goes, the files of this process may not grow beyond `bytes`: to the kernel an
/// error like a full disk, and one that needs no rights.
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

/// Lines that begin with an x, and those that a line says were dropped.
struct Counted {
    explicit Counted(const std::string& log) {
        std::istringstream text(log);
        for (std::string line; std::getline(text, line);)
            if (line.starts_with('x'))
                ++written;
            else
                dropped += std::stoul(line.substr(line.find_first_of("0123456789")));
    }
    std::size_t written = 0;
    std::size_t dropped = 0;
};

void give(AccessLog& log, std::string lines) {
    wait_until("the log to take it", [&] { return log.try_take(lines); });
    CHECK(lines.empty());
}

}  // namespace

TEST_CASE("what the log has taken is written in its order", "[06][log]") {
    const Pipe pipe;
    AccessLog log(pipe.writing.get(), AccessLog::Format::text);
    give(log, "first\nsecond\n");
    give(log, "third\n");
    CHECK(pipe.read(19) == "first\nsecond\nthird\n");
}

TEST_CASE("what the log has taken is written before it goes", "[06][log]") {
    Pipe pipe;
    {
        AccessLog log(pipe.writing.get(), AccessLog::Format::text);
        give(log, "last words\n");
    }
    pipe.writing.close();
    CHECK(pipe.read(100) == "last words\n");
}

TEST_CASE("a log that nobody reads drops lines, and says how many", "[06][log]") {
    Pipe pipe;
    const auto format = GENERATE(AccessLog::Format::text, AccessLog::Format::json);
    std::optional<AccessLog> log(std::in_place, pipe.writing.get(), format);
    const std::string line = std::string(1023, 'x') + '\n';
    constexpr std::size_t lines = 3 * AccessLog::most_bytes / 1024;
    for (std::size_t i = 0; i < lines; ++i) give(*log, line);  // and never waits

    const auto ending = std::async(std::launch::async, [&] {
        log.reset();
        pipe.writing.close();
    });
    const std::string all = pipe.read(std::string::npos);
    const Counted counted(all);
    CHECK(counted.dropped > 0);
    CHECK(counted.written + counted.dropped == lines);
    const bool is_json = all.find(R"({"dropped":)") != std::string::npos;
    CHECK(is_json == (format == AccessLog::Format::json));
}

TEST_CASE("a log whose disk is full goes on when there is room, and says what it lacks",
          "[06][log]") {
    constexpr std::size_t room = 64 * 1024;
    constexpr std::size_t lines = 3 * AccessLog::most_bytes / 1024;
    const std::string line = std::string(1023, 'x') + '\n';
    const TemporaryDirectory directory;
    const std::string file = directory.file("log");
    const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    {
        std::optional<FileSizeLimit> limit(std::in_place, room);
        AccessLog log(fd.get(), AccessLog::Format::text);
        for (std::size_t i = 0; i < 2 * room / line.size(); ++i) give(log, line);
        wait_until("the disk to be full", [&] { return fs::file_size(file) == room; });
        for (std::size_t i = 2 * room / line.size(); i < lines; ++i) give(log, line);
        limit.reset();
        wait_until("more lines", [&] { return fs::file_size(file) > room; });
    }
    const Counted counted(read_file(file));
    CHECK(counted.dropped > 0);
    CHECK(counted.written + counted.dropped == lines);
}

TEST_CASE("a log that nobody reads doesn't keep the server from ending", "[06][log]") {
    const Pipe pipe;
    AccessLog log(pipe.writing.get(), AccessLog::Format::text);
    for (int i = 0; i < 16; ++i) give(log, std::string(65535, 'x') + '\n');
    SUCCEED("and its destructor returns");
}

TEST_CASE("a line of text has the time, the client, the request and its answer",
          "[06][log]") {
    ServerProcess server =
        start_server(SIX_SERVER_PATH, {"--database", ":memory:", "--log", "text"});
    Client client(server.address());
    client.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nitem");
    REQUIRE(client.read_response().status == 200);
    client.close();
    server.signal(SIGTERM);
    REQUIRE(server.wait_for_exit() == Exit{0});
    const std::string out = server.stdout_text();  // its first line says where it listens
    const std::regex line(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z 127\.0\.0\.1 )"
                          R"("POST /items" 200 9 \d+\.\d{6}\n)");
    INFO(out);
    CHECK(std::regex_match(out.substr(out.find('\n') + 1), line));
}

TEST_CASE("the log has a line for each request", "[06][log]") {
    ServerProcess server =
        start_server(SIX_SERVER_PATH,
                     {"--database", ":memory:", "--log", "json", "--body-timeout", "0.05"});
    Client client(server.address());
    client.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nitem");
    REQUIRE(client.read_response().status == 200);
    client.send("GET /a\"quote HTTP/1.1\r\nHost: test\r\n\r\n");
    REQUIRE(client.read_response().status == 404);
    client.send("POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\n");
    REQUIRE(client.read_response().status == 408);
    client.close();
    server.signal(SIGTERM);
    REQUIRE(server.wait_for_exit() == Exit{0});
    const std::string log = server.stdout_text();
    for (const char* part :
         {R"("client":"127.0.0.1","method":"POST","path":"/items","status":200,"bytes":9,)",
          R"("method":"GET","path":"/a\"quote","status":404)",
          R"("method":"POST","path":"/items","status":408)"})
        CHECK_THAT(log, ContainsSubstring(part));
}
