// The command line, as a user meets it: each test runs in a process of its own, since
// --help and a bad option end it.
#include "common/options.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <functional>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/files.hpp"
#include "common/testing/temporary_directory.hpp"

using Catch::Matchers::ContainsSubstring;
using six::ServerCommandLine;
using six::ServerOptions;
using six::testing::read_file;
using six::testing::TemporaryDirectory;
using std::chrono::milliseconds;

namespace {

/// A command line like a chapter's: the common options and three of its own.
struct Chapter {
    std::string model = "pool";
    int threads = 64;
    milliseconds patience{1500};

    ServerOptions parse(std::vector<const char*> arguments) {
        ServerCommandLine line{"01_blocking", "One client at a time."};
        line.choice("--model", model, {"thread", "pool"}, "who waits for the clients");
        line.number("--threads", threads, 1, 100, "threads in the pool");
        line.seconds("--patience", patience, "for a client to take its answer");
        arguments.insert(arguments.begin(), "01_blocking");
        return line.parse(static_cast<int>(arguments.size()), arguments.data());
    }
};

/// What a process has printed, and its exit status (-1: a signal has ended it).
struct Ended {
    int status = -1;
    std::string out;
    std::string err;
};

/// Runs `program` in a child, to its end.
Ended run(const std::function<int()>& program) {
    const TemporaryDirectory directory;
    std::cout.flush();
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        const bool ready = std::freopen(directory.file("out").c_str(), "w", stdout) &&
                           std::freopen(directory.file("err").c_str(), "w", stderr);
        std::exit(ready ? program() : 99);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(directory.file("out")),
            read_file(directory.file("err"))};
}

Ended parse(const std::vector<const char*>& arguments) {
    return run([&] {
        (void)Chapter{}.parse(arguments);
        return 0;
    });
}

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> result;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) result.push_back(line);
    return result;
}

}  // namespace

TEST_CASE("a server needs no option", "[options]") {
    const ServerOptions options = Chapter{}.parse({});
    CHECK(options.address == "127.0.0.1");
    CHECK(options.port == 8080);
    CHECK(options.store.file == "items.db");
    CHECK(options.store.save_delay == milliseconds{0});
    CHECK(options.limits.body_bytes == 1024 * 1024);
    CHECK(options.trace_file.empty());
    CHECK(options.drain_timeout == milliseconds{5000});
}

TEST_CASE("every option that all servers share is read", "[options]") {
    const ServerOptions options = Chapter{}.parse(
        {"--port", "0", "--address", "0.0.0.0", "--database", ":memory:", "--save-delay",
         "250", "--trace", "trace.json", "--max-body=1000", "--drain-timeout", "0.25"});
    CHECK(options.port == 0);
    CHECK(options.address == "0.0.0.0");
    CHECK(options.store.file == ":memory:");
    CHECK(options.store.save_delay == milliseconds{250});
    CHECK(options.trace_file == "trace.json");
    CHECK(options.limits.body_bytes == 1000);
    CHECK(options.drain_timeout == milliseconds{250});
}

TEST_CASE("a chapter's own options are read", "[options]") {
    Chapter chapter;
    const ServerOptions options = chapter.parse(
        {"--model", "thread", "--threads", "100", "--patience", "2", "--port", "65535"});
    CHECK(chapter.model == "thread");
    CHECK(chapter.threads == 100);
    CHECK(chapter.patience == milliseconds{2000});
    CHECK(options.port == 65535);
}

TEST_CASE("numbers are decimal, a leading zero changes nothing", "[options]") {
    CHECK(Chapter{}.parse({"--port", "010"}).port == 10);
}

TEST_CASE("a bad option ends the program with one line and status 2", "[options]") {
    struct Row {
        std::vector<const char*> arguments;
        const char* named;  // in the line
    };
    const auto row = GENERATE(values<Row>({
        {{"--port", "65536"}, "--port: '65536' is not a whole number from 0 to 65535"},
        {{"--port", "-1"}, "--port: '-1'"},
        {{"--port", "+1"}, "--port: '+1'"},
        {{"--port", "http"}, "--port: 'http'"},
        {{"--port", "80x"}, "--port: '80x'"},
        {{"--port", "0x50"}, "--port: '0x50'"},
        {{"--port", " 80"}, "--port: ' 80'"},
        {{"--port", "8.0"}, "--port: '8.0'"},
        {{"--port", ""}, "--port: ''"},
        {{"--port", "99999999999999999999"}, "--port: '99999999999999999999'"},
        {{"--port"}, "--port"},
        {{"--port", "1", "--port", "2"}, "--port"},
        {{"--database"}, "--database"},
        {{"--database", "--port", "80"}, "--database: '--port' is not a value"},
        {{"--save-delay", "-1"}, "--save-delay: '-1'"},
        {{"--save-delay", "1.5"}, "--save-delay: '1.5'"},
        {{"--max-body", "-1"}, "--max-body: '-1'"},
        {{"--max-body", "1M"}, "--max-body: '1M'"},
        {{"--max-body", "1000000001"}, "--max-body: '1000000001'"},
        {{"--drain-timeout", "-1"}, "--drain-timeout: '-1'"},
        {{"--drain-timeout", "5s"}, "--drain-timeout: '5s'"},
        {{"--drain-timeout", "inf"}, "--drain-timeout: 'inf'"},
        {{"--drain-timeout", "nan"}, "--drain-timeout: 'nan'"},
        {{"--drain-timeout", "1e3"}, "--drain-timeout: '1e3'"},
        {{"--drain-timeout", "1000001"}, "--drain-timeout: '1000001'"},
        {{"--drain-timeout", "."}, "--drain-timeout: '.'"},
        {{"--drain-timeout", ""}, "--drain-timeout: ''"},
        {{"--model", "fork"}, "--model: 'fork' is not thread or pool"},
        {{"--model", "poo"}, "--model: 'poo'"},
        {{"--threads", "0"}, "--threads: '0' is not a whole number from 1 to 100"},
        {{"--threads", "101"}, "--threads: '101'"},
        {{"--no-such-option"}, "--no-such-option"},
        {{"--two\nlines"}, "--two lines"},
        {{"--po", "80"}, "--po"},
        {{"-p", "80"}, "-p"},
        {{"stray"}, "stray"},
        {{"--port", "80", "81"}, "81"},
        {{"--config", "x.toml"}, "--config"},
    }));
    const Ended ended = parse(row.arguments);
    INFO("on stderr: " << ended.err);
    CHECK(ended.status == 2);
    CHECK(ended.out == "");
    CHECK(lines(ended.err).size() == 1);
    CHECK(ended.err.starts_with("01_blocking: "));
    CHECK_THAT(ended.err, ContainsSubstring(row.named));
}

TEST_CASE("help fits a terminal and names every option with its default", "[options]") {
    const Ended ended = parse({"--help"});
    CHECK(ended.status == 0);
    CHECK(ended.err == "");
    for (const char* part : {"Usage: 01_blocking [OPTIONS]\nOne client at a time.\n",
                             "\n  --help ",
                             "\n  --port N ",
                             "(default 8080)",
                             "\n  --address IP ",
                             "(default 127.0.0.1)",
                             "\n  --database FILE ",
                             "(default items.db)",
                             ":memory:",
                             "durable",
                             "(WAL)",
                             "\n  --save-delay MS ",
                             "\n  --trace FILE ",
                             "\n  --max-body BYTES ",
                             "(default 1048576)",
                             "\n  --drain-timeout S ",
                             "(default 5)",
                             "\n  --model NAME ",
                             "thread or pool",
                             "(default pool)",
                             "\n  --threads N ",
                             "(default 64)",
                             "\n  --patience S ",
                             "(default 1.5)"})
        CHECK_THAT(ended.out, ContainsSubstring(part));
    for (const std::string& line : lines(ended.out)) {
        CHECK(line.size() <= 80);
        CHECK(!line.ends_with(' '));
        if (line.starts_with("  ")) CHECK(line.substr(20, 2) == "  ");
    }
}

TEST_CASE("help wins over what stands beside it", "[options]") {
    CHECK(parse({"--port", "80", "--help"}).status == 0);
}

TEST_CASE("an exception that escapes main becomes one line and status 1", "[options]") {
    const Ended ended = run([] {
        return six::run_main("02_threads", []() -> int {
            throw std::runtime_error("bind: the port\nis taken");
        });
    });
    CHECK(ended.status == 1);
    CHECK(ended.out == "");
    CHECK(ended.err == "02_threads: bind: the port is taken\n");
}

TEST_CASE("main's own status is passed on", "[options]") {
    CHECK(run([] { return six::run_main("x", [] { return 7; }); }).status == 7);
}

TEST_CASE("a server says at once where it listens", "[options]") {
    const auto row = GENERATE(
        table<std::string, std::string>({{"127.0.0.1", "listening on 127.0.0.1:8080\n"},
                                         {"::1", "listening on [::1]:8080\n"}}));
    const Ended ended = run([&row]() -> int {
        six::announce(std::get<0>(row), 8080);
        ::_exit(0);  // flushes nothing: so it must have been flushed
    });
    CHECK(ended.status == 0);
    CHECK(ended.out == std::get<1>(row));
}

TEST_CASE("a server survives that nobody reads where it listens", "[options]") {
    const Ended ended = run([] {
        std::signal(SIGPIPE, SIG_IGN);  // as every server does
        int ends[2];
        if (::pipe(ends) != 0) return 1;
        ::close(ends[0]);
        ::dup2(ends[1], STDOUT_FILENO);
        six::announce("127.0.0.1", 8080);
        return 0;
    });
    CHECK(ended.status == 0);
    CHECK(ended.err == "");
}
