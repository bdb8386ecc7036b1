// The contract: the command line, and a start that fails: with one clear line, at once.
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "common/testing/contract.hpp"

#ifdef __linux__
#include <sys/prctl.h>
#endif

using namespace six::testing;

namespace {

Launch launch_with(std::vector<std::string> options) {
    options.insert(options.begin(), subject().options.begin(), subject().options.end());
    return Launch{subject().program, std::move(options), {}, {}};
}

/// Starts the server, which must give up: with that status, nothing on stdout, and one line
/// on stderr that names what is wrong.
void check_gives_up(const Launch& launch, int status, const std::string& named) {
    ServerProcess server{launch};
    CHECK(server.wait_for_exit() == Exit{status});
    CHECK(server.stdout_text() == "");
    const std::string line = server.stderr_text();
    INFO("on stderr: " << line);
    CHECK(std::ranges::count(line, '\n') == 1);
    CHECK(line.ends_with('\n'));
    CHECK_THAT(line, Catch::Matchers::ContainsSubstring(named));
}

void check_refuses_database(const std::string& file, const Launch& how = {}) {
    Launch launch = launch_with({"--port", "0", "--database", file});
    launch.in_child = how.in_child;
    check_gives_up(launch, 1, file);
}

/// For `Launch::in_child`: root, too, is held to the permissions of files.
void obey_permissions() {
#ifdef __linux__
    constexpr int dac_override = 1;  // CAP_DAC_OVERRIDE, capabilities(7)
    ::prctl(PR_CAPBSET_DROP, dac_override);
#endif
}

bool can_obey_permissions() {
#ifdef __linux__
    return true;
#else
    return ::geteuid() != 0;
#endif
}

bool has_ipv6_loopback() {
    const Descriptor socket{::socket(AF_INET6, SOCK_STREAM, 0)};
    sockaddr_in6 loopback{};
    loopback.sin6_family = AF_INET6;
    loopback.sin6_addr = in6addr_loopback;
    return socket && ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&loopback),
                            sizeof loopback) == 0;
}

std::string help_of_server() {
    ServerProcess server{launch_with({"--help"})};
    CHECK(server.wait_for_exit() == Exit{0});
    return server.stdout_text();
}

/// The options that a server of the course has besides those of all six.
std::vector<std::string> chapter_options() {
    const std::string server = std::filesystem::path(subject().program).filename();
    if (server == "02_threads") return {"--model", "--threads", "--queue"};
    if (server == "06_full_server")
        return {"--listen-fd",
                "--poller",
                "--loops",
                "--max-connections",
                "--max-per-address",
                "--max-memory",
                "--max-spool",
                "--idle-timeout",
                "--head-timeout",
                "--body-timeout",
                "--body-rate",
                "--handler-timeout",
                "--write-timeout",
                "--log",
                "--queue",
                "--commit-on",
                "--batch",
                "--store",
                "--store-connections",
                "--store-timeout"};
    std::vector<std::string> options;
    for (const char* chapter : {"03", "04", "05"})
        if (server.starts_with(chapter)) options = {"--save-on", "--threads", "--queue"};
    if (server == "04_event_loop" || server == "05_coroutines")
        options.push_back("--poller");
    return options;
}

}  // namespace

TEST_CASE("help names all options", "[contract][start]") {
    SIX_NEEDS_OWN_SERVER();
    const std::string help = help_of_server();
    std::vector<std::string> options = chapter_options();
    options.insert(options.end(), {"--port", "--address", "--database", "--save-delay",
                                   "--trace", "--max-body", "--drain-timeout", "--help"});
    for (const std::string& option : options)
        CHECK_THAT(help, Catch::Matchers::ContainsSubstring("\n  " + option + " "));
}

TEST_CASE("help says what a database in memory lacks", "[contract][start]") {
    SIX_NEEDS_OWN_SERVER();
    const std::string help = help_of_server();
    for (const char* part : {":memory:", "WAL", "durable"})
        CHECK_THAT(help, Catch::Matchers::ContainsSubstring(part));
}

TEST_CASE("the server says where it listens and nothing more", "[contract][start]") {
    SIX_NEEDS_OWN_SERVER();
    Server server;
    const std::string port = std::to_string(server.address().port);
    CHECK(server.process().stdout_text() == "listening on 127.0.0.1:" + port + "\n");
    CHECK(server.process().stderr_text() == "");
}

TEST_CASE("the address to listen on can be chosen", "[contract][start]") {
    SIX_NEEDS_OWN_SERVER();
    const Server server({"--address", "0.0.0.0"});
    CHECK(server.address().host == "0.0.0.0");
    check_alive(server);
}

TEST_CASE("the address to listen on can be one of IPv6", "[contract][start]") {
    SIX_NEEDS_OWN_SERVER();
    if (!has_ipv6_loopback()) SIX_SKIP("this machine has no IPv6 loopback");
    Server server({"--address", "::1"});
    const std::string port = std::to_string(server.address().port);
    CHECK(server.process().stdout_text() == "listening on [::1]:" + port + "\n");
    CHECK(server.address().host == "::1");
    CHECK(find(server, save(server, "over IPv6")) == "over IPv6");
}

TEST_CASE("a bad option ends the start with status 2", "[contract][start]") {
    SIX_NEEDS_OWN_SERVER();
    struct Row {
        std::vector<std::string> options;
        std::string named;
    };
    for (const Row& row :
         {Row{{"--no-such-option"}, "--no-such-option"}, Row{{"nonsense"}, "nonsense"},
          Row{{"--port", "65536"}, "--port"}, Row{{"--port", "-1"}, "--port"},
          Row{{"--port", "http"}, "--port"}, Row{{"--port"}, "--port"},
          Row{{"--max-body", "-1"}, "--max-body"}, Row{{"--max-body", "10x"}, "--max-body"},
          Row{{"--save-delay", "soon"}, "--save-delay"},
          Row{{"--save-delay", "-1"}, "--save-delay"},
          Row{{"--drain-timeout", "-1"}, "--drain-timeout"},
          Row{{"--drain-timeout", "later"}, "--drain-timeout"}}) {
        INFO(row.options.front() << " " << row.options.back());
        std::vector<std::string> options{"--database", ":memory:"};
        options.insert(options.end(), row.options.begin(), row.options.end());
        check_gives_up(launch_with(options), 2, row.named);
    }
}

TEST_CASE("a taken port ends the start with status 1", "[contract][start]") {
    SIX_NEEDS_OWN_SERVER();
    const Server first;
    const std::string port = std::to_string(first.address().port);
    check_gives_up(launch_with({"--port", port, "--database", ":memory:"}), 1, port);
    check_alive(first);
}

TEST_CASE("an address of another machine ends the start with status 1",
          "[contract][start]") {
    SIX_NEEDS_OWN_SERVER();
    for (const std::string address : {"192.0.2.1", "nonsense", "300.1.1.1"})
        check_gives_up(
            launch_with({"--port", "0", "--database", ":memory:", "--address", address}), 1,
            address);
}

TEST_CASE("a directory that does not exist ends the start with status 1",
          "[contract][start][sqlite]") {
    SIX_NEEDS_OWN_SERVER();
    const TemporaryDirectory directory;
    check_refuses_database(directory.file("missing/items.db"));
    CHECK_FALSE(std::filesystem::exists(directory.file("missing")));
}

TEST_CASE("a directory in place of the database ends the start with status 1",
          "[contract][start][sqlite]") {
    SIX_NEEDS_OWN_SERVER();
    const TemporaryDirectory directory;
    check_refuses_database(directory.path().string());
}

TEST_CASE("a database that may not be written ends the start with status 1",
          "[contract][start][sqlite]") {
    SIX_NEEDS_OWN_SERVER();
    if (!can_obey_permissions()) SIX_SKIP("root may write everything");
    using std::filesystem::perms;
    const Server earlier;  // makes a database that is in order
    const TemporaryDirectory directory;
    const std::string file = directory.file("items.db");
    std::filesystem::copy_file(earlier.database(), file);
    std::filesystem::permissions(file, perms::owner_read);
    check_refuses_database(file, {.in_child = obey_permissions});

    std::filesystem::permissions(directory.path(), perms::owner_read | perms::owner_exec);
    check_refuses_database(directory.file("new.db"), {.in_child = obey_permissions});
    std::filesystem::permissions(directory.path(), perms::owner_all);
}

TEST_CASE("a file that is no database ends the start with status 1 and stays as it was",
          "[contract][start][sqlite]") {
    SIX_NEEDS_OWN_SERVER();
    const TemporaryDirectory directory;
    const std::string file = directory.file("notes.txt");
    const std::string text(5'000, 'n');
    std::ofstream(file) << text;
    check_refuses_database(file);
    std::string after;
    std::getline(std::ifstream(file), after);
    const bool same = after == text;
    CHECK(same);
}

TEST_CASE("a damaged database ends the start with status 1", "[contract][start][sqlite]") {
    SIX_NEEDS_OWN_SERVER();
    Server server;
    save(server, std::string(50'000, 'x'));
    server.signal(SIGTERM);
    CHECK(server.process().wait_for_exit() == Exit{0});
    std::filesystem::remove(server.database() + "-wal");  // it would heal the damage
    {
        std::fstream file(server.database(),
                          std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(100);  // past the file's header: the page that lists the tables
        file << std::string(3'000, '\xff');
    }
    check_refuses_database(server.database());
}

TEST_CASE("a trace that cannot be written ends the start with status 1",
          "[contract][start]") {
    SIX_NEEDS_OWN_SERVER();
    const TemporaryDirectory directory;
    const std::string file = directory.file("missing/trace.json");
    check_gives_up(launch_with({"--port", "0", "--database", ":memory:", "--trace", file}),
                   1, file);
}

TEST_CASE("the server raises its own limit of descriptors", "[contract][start]") {
    SIX_NEEDS_OWN_SERVER();
    Server server({}, {.in_child = [] {
                      const rlimit limit{64, 512};
                      ::setrlimit(RLIMIT_NOFILE, &limit);
                  }});
    const auto limit = server.process().descriptor_limit();
    if (!limit) SIX_SKIP("this system has no /proc");
    CHECK(limit == 512);
}
