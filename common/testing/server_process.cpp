#include "common/testing/server_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <sstream>
#include <system_error>

#ifdef __linux__
#include <sys/prctl.h>
#endif

extern char** environ;  // environ(7); not every system declares it

namespace six::testing {

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// Pointers as execve wants them, valid as long as `texts`.
std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> environment_with(const Launch& launch) {
    std::vector<std::string> result;
    for (const auto& [name, value] : launch.environment)
        result.push_back(name + "=" + value);
    for (char** entry = environ; *entry != nullptr; ++entry) result.emplace_back(*entry);
    return result;
}

Descriptor unlinked_file() {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(),
                                                               &std::fclose};
    if (!file) fail("cannot create a temporary file");
    Descriptor result{::fcntl(::fileno(file.get()), F_DUPFD_CLOEXEC, 0)};
    if (!result) fail("cannot duplicate a descriptor");
    return result;
}

struct Pipe {
    Descriptor reader;
    Descriptor writer;
};

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) fail("cannot create a pipe");
    for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return {Descriptor{ends[0]}, Descriptor{ends[1]}};
}

/// In the child: the signals as a fresh process has them, and no life without the parent.
void become_a_process_of_its_own() {
    sigset_t none;
    sigemptyset(&none);  // a macro, on some systems
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::setpgid(0, 0);  // so that it can be killed together with its own children
#ifdef __linux__
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

/// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void run_child(const Launch& launch, char* const* argv,
                            char* const* environment, int out, int err) {
    become_a_process_of_its_own();
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    if (launch.in_child) launch.in_child();
    ::execve(launch.program.c_str(), argv, environment);
    constexpr char message[] = "cannot execute the program\n";
    [[maybe_unused]] const ssize_t written = ::write(err, message, sizeof message - 1);
    ::_exit(127);
}

Exit to_exit(int status) {
    return WIFSIGNALED(status) ? Exit{0, WTERMSIG(status)} : Exit{WEXITSTATUS(status), 0};
}

/// The number after `name:` in a file of /proc.
std::optional<long> number_in(const std::string& file, const std::string& name) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(name))
            return std::strtol(line.c_str() + name.size(), nullptr, 10);
    return std::nullopt;
}

std::string proc(pid_t pid, const std::string& file) {
    return "/proc/" + std::to_string(pid) + "/" + file;
}

}  // namespace

// --- Exit ---

std::ostream& operator<<(std::ostream& out, const Exit& exit) {
    if (exit.signal != 0) return out << "ended by signal " << exit.signal;
    return out << "exit status " << exit.status;
}

// --- ServerProcess: its life ---

ServerProcess::ServerProcess(const Launch& launch) : stderr_(unlinked_file()) {
    Pipe pipe = make_pipe();
    std::vector<std::string> arguments{launch.program};
    arguments.insert(arguments.end(), launch.arguments.begin(), launch.arguments.end());
    std::vector<std::string> environment = environment_with(launch);
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(environment);

    pid_ = ::fork();
    if (pid_ < 0) fail("cannot fork");
    if (pid_ == 0)
        run_child(launch, argv.data(), envp.data(), pipe.writer.get(), stderr_.get());
    ::setpgid(pid_, pid_);  // here too: we may be the first to need it
    stdout_ = std::move(pipe.reader);
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      address_(std::move(other.address_)),
      stdout_(std::move(other.stdout_)),
      stderr_(std::move(other.stderr_)),
      stdout_text_(std::move(other.stdout_text_)),
      exit_(other.exit_) {}

ServerProcess::~ServerProcess() {
    if (pid_ < 0 || exit_) return;
    ::kill(-pid_, SIGKILL);
    reap(true);
}

void ServerProcess::signal(int number) const {
    if (!exit_) ::kill(pid_, number);
}

bool ServerProcess::reap(bool block) {
    int status = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(pid_, &status, block ? 0 : WNOHANG)) < 0 && errno == EINTR) {}
    if (ended == pid_) exit_ = to_exit(status);
    return ended == pid_;
}

Exit ServerProcess::wait_for_exit(Deadline deadline) {
    if (exit_) return *exit_;
    // The pipe's end is its last sign of life, and unlike waitpid it can be waited for with
    // a deadline. (What it started, such as strace, has then ended too.)
    while (read_stdout(deadline.left_ms()))
        if (deadline.over()) deadline.fail("the server to end");
    wait_until(
        "the server to end", [this] { return reap(false); }, deadline);
    return *exit_;
}

// --- its output ---

/// Takes what is in the pipe, waiting for it if there is nothing. False: the pipe has
/// ended.
bool ServerProcess::read_stdout(int timeout_ms) {
    pollfd waiting{stdout_.get(), POLLIN, 0};
    ::poll(&waiting, 1, timeout_ms);
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(stdout_.get(), buffer.data(), buffer.size());
    if (count > 0) stdout_text_.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

void ServerProcess::wait_until_listening(Deadline deadline) {
    while (!find_address()) {
        const bool ended = !read_stdout(deadline.left_ms());
        if (!ended && !deadline.over()) continue;
        const std::string what = "the server to listen; on stderr: '" + stderr_text() + "'";
        if (!ended) deadline.fail(what);
        throw WaitFailed("the server ended while we waited for " + what);
    }
}

/// Looks for the line that says where the server listens.
bool ServerProcess::find_address() {
    constexpr std::string_view sign = "listening on ";
    const std::size_t begin = stdout_text_.find(sign);
    if (begin == std::string::npos) return false;
    const std::size_t end = stdout_text_.find('\n', begin);
    if (end == std::string::npos) return false;
    const std::size_t host = begin + sign.size();
    const std::size_t colon = stdout_text_.rfind(':', end);
    address_.host = stdout_text_.substr(host, colon - host);
    if (address_.host.starts_with('['))  // as one writes an IPv6 address beside a port
        address_.host = address_.host.substr(1, address_.host.size() - 2);
    address_.port = static_cast<std::uint16_t>(std::stoi(stdout_text_.substr(colon + 1)));
    return true;
}

std::string ServerProcess::stdout_text() {
    for (std::size_t before = 0; read_stdout(0) && stdout_text_.size() != before;)
        before = stdout_text_.size();
    return stdout_text_;
}

std::string ServerProcess::stderr_text() const {
    std::string text;
    std::array<char, 4096> buffer;
    ssize_t count = 0;
    while ((count = ::pread(stderr_.get(), buffer.data(), buffer.size(),
                            static_cast<off_t>(text.size()))) > 0)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    return text;
}

// --- facts from /proc ---

std::optional<long> ServerProcess::threads() const {
    return number_in(proc(pid_, "status"), "Threads:");
}

std::optional<long> ServerProcess::resident_kib() const {
    return number_in(proc(pid_, "status"), "VmRSS:");
}

std::optional<long> ServerProcess::peak_resident_kib() const {
    return number_in(proc(pid_, "status"), "VmHWM:");
}

std::optional<long> ServerProcess::descriptor_limit() const {
    return number_in(proc(pid_, "limits"), "Max open files");
}

std::optional<long> ServerProcess::open_descriptors() const {
    std::error_code error;
    const std::filesystem::directory_iterator entries(proc(pid_, "fd"), error);
    if (error) return std::nullopt;
    return std::distance(begin(entries), end(entries));
}

std::optional<std::chrono::milliseconds> ServerProcess::cpu_time() const {
    std::ifstream in(proc(pid_, "stat"));
    std::string text;
    if (!std::getline(in, text)) return std::nullopt;
    std::istringstream fields(text.substr(text.rfind(')') + 1));  // past the program's name
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;  // see proc(5)
    long user = 0;
    long system = 0;
    fields >> user >> system;
    return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

// --- starting ---

ServerProcess start_server(Launch launch) {
    launch.arguments.insert(launch.arguments.end(), {"--port", "0"});
    ServerProcess server{launch};
    server.wait_until_listening();
    return server;
}

ServerProcess start_server(const std::string& program, std::vector<std::string> arguments) {
    return start_server(Launch{program, std::move(arguments), {}, {}});
}

void limit_descriptors(std::size_t count) {
    const rlimit limit{static_cast<rlim_t>(count), static_cast<rlim_t>(count)};
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace six::testing
