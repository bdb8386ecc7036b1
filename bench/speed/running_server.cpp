#include "bench/speed/running_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>

#include "common/testing/client.hpp"
#include "common/testing/files.hpp"

namespace six::speed {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::Deadline;
using testing::Launch;
using testing::ServerProcess;

namespace {

/// Free at this moment: for servers that don't say which port they have got.
std::uint16_t free_port() {
    const testing::Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.get(), any, size) != 0 ||
        ::getsockname(socket.get(), any, &size) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot find a port");
    return ntohs(address.sin_port);
}

using Words = std::vector<std::pair<std::string, std::string>>;

std::string filled_in(std::string text, const Words& words) {
    for (const auto& [word, value] : words)
        for (std::size_t at = 0; (at = text.find(word, at)) != text.npos;
             at += value.size())
            text.replace(at, word.size(), value);
    return text;
}

/// Runs a program to its end. False: it can't be run, or says no.
bool succeeds(const Launch& launch, Deadline deadline) {
    ServerProcess process(launch);
    return process.wait_for_exit(deadline) == testing::Exit{};
}

/// A machine may have several interpreters, and only one of them the modules.
std::string find_python(const std::string& modules) {
    for (const std::string& python : find_programs("python3"))
        if (succeeds({python, {"-c", "import " + modules}}, Deadline(30s))) return python;
    throw Missing("Python has no " + modules);
}

std::string build_go(const std::string& source, const Workshop& workshop) {
    const auto compilers = find_programs("go");
    if (compilers.empty()) throw Missing("there is no Go compiler");
    const std::string program = (workshop.work / "health_go").string();
    Launch launch{compilers.front(),
                  {"build", "-o", program, (workshop.peers / source).string()}};
    launch.environment = {{"GOCACHE", workshop.go_cache.string()}, {"GO111MODULE", "off"}};
    if (!succeeds(launch, Deadline(180s))) throw Missing("Go can't build " + source);
    return program;
}

std::string find(const Contestant& contestant, const Workshop& workshop) {
    if (contestant.kind == Contestant::Program::go)
        return build_go(contestant.program, workshop);
    if (!contestant.modules.empty()) return find_python(contestant.modules);
    if (contestant.kind == Contestant::Program::path) {
        const auto found = find_programs(contestant.program);
        if (found.empty()) throw Missing("there is no " + contestant.program);
        return found.front();
    }
    const fs::path program = workshop.programs / contestant.program;
    if (::access(program.c_str(), X_OK) != 0)
        throw Missing("it has not been built: " + contestant.program);
    return program.string();
}

bool uses_port(const Contestant& contestant) {
    for (const std::string& argument : contestant.arguments)
        if (argument.find("{port}") != argument.npos) return true;
    return false;
}

Words words_for(const Workshop& workshop, std::uint16_t port) {
    static std::atomic<int> databases{0};
    const std::string file = "items-" + std::to_string(++databases) + ".db";
    return {{"{port}", std::to_string(port)},
            {"{work}", workshop.work.string()},
            {"{peers}", workshop.peers.string()},
            {"{database}", (workshop.work / file).string()}};
}

bool answers(const testing::Address& address) {
    try {
        testing::Client client{address};
        client.send("GET /health HTTP/1.1\r\nHost: bench\r\n\r\n");
        return client.read_response().status == 200;
    } catch (const std::exception&) {
        return false;  // not yet
    }
}

ServerProcess launched(Start start, const std::vector<std::string>& wrapper,
                       const Cores& cores) {
    Launch& launch = start.launch;
    if (start.port == 0) launch.arguments.insert(launch.arguments.end(), {"--port", "0"});
    if (!wrapper.empty()) {
        launch.arguments.insert(launch.arguments.begin(), launch.program);
        launch.arguments.insert(launch.arguments.begin(), wrapper.begin() + 1,
                                wrapper.end());
        launch.program = wrapper.front();
    }
    const int second = start.both_cores ? cores.generator : cores.server;
    if (cores.apart())
        launch.in_child = [first = cores.server, second] { stay_on(first, second); };
    return ServerProcess{launch};
}

}  // namespace

std::vector<std::string> find_programs(const std::string& name) {
    std::vector<std::string> found;
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
    for (std::string folder; std::getline(folders, folder, ':');)
        if (const fs::path file = fs::path(folder) / name;
            ::access(file.c_str(), X_OK) == 0)
            found.push_back(file.string());
    // Debian keeps some servers where only root looks.
    if (const std::string file = "/usr/sbin/" + name;
        found.empty() && ::access(file.c_str(), X_OK) == 0)
        found.push_back(file);
    return found;
}

Start prepare(const Contestant& contestant, const Workshop& workshop) {
    Start start;
    if (uses_port(contestant)) start.port = free_port();
    const Words words = words_for(workshop, start.port);
    start.launch.program = find(contestant, workshop);
    start.both_cores = contestant.both_cores;
    for (const std::string& argument : contestant.arguments)
        start.launch.arguments.push_back(filled_in(argument, words));
    for (const auto& [name, value] : contestant.environment)
        start.launch.environment.emplace_back(name, filled_in(value, words));
    if (contestant.key == "nginx")
        std::ofstream(start.launch.arguments.back())
            << filled_in(testing::read_file(workshop.peers / "nginx.conf"), words);
    return start;
}

RunningServer::RunningServer(const Contestant& contestant, const Workshop& workshop,
                             const std::vector<std::string>& wrapper)
    : RunningServer(prepare(contestant, workshop), workshop.cores, wrapper) {}

RunningServer::RunningServer(const Start& start, const Cores& cores,
                             const std::vector<std::string>& wrapper)
    : process_(launched(start, wrapper, cores)) {
    const Deadline deadline(30s);  // Python is slow to start, and valgrind slower
    if (start.port == 0) {
        process_.wait_until_listening(deadline);
        address_ = process_.address();
    } else {
        address_.port = start.port;
    }
    while (!answers(address_)) {
        if (!process_.running())
            throw testing::WaitFailed("it ended: " + process_.stderr_text());
        if (deadline.over()) deadline.fail("an answer");
        testing::pause_between_looks();
    }
}

void RunningServer::stop() {
    ::kill(-process_.pid(), SIGTERM);  // the group: under strace the server is a child
    process_.wait_for_exit();
}

}  // namespace six::speed
