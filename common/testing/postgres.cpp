#include "common/testing/postgres.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace six::testing {

namespace {

/// Where Debian has the programs of each version, and then $PATH.
std::vector<std::string> folders() {
    std::vector<std::string> result;
    std::error_code ignored;
    for (const auto& version :
         std::filesystem::directory_iterator("/usr/lib/postgresql", ignored))
        result.push_back(version.path() / "bin");
    std::ranges::sort(result, std::greater());
    const char* const path = std::getenv("PATH");
    std::istringstream more(path ? path : "");
    for (std::string folder; std::getline(more, folder, ':');) result.push_back(folder);
    return result;
}

/// The path of one of its programs. Empty: there is none.
std::string program(const std::string& name) {
    for (const std::string& folder : folders())
        if (::access((folder + "/" + name).c_str(), X_OK) == 0) return folder + "/" + name;
    return {};
}

/// Whom root becomes. Looked up before fork: getpwnam(3) is not for a child.
struct User {
    uid_t uid = ::geteuid();
    gid_t gid = ::getegid();
};

User user() {
    if (::geteuid() != 0) return {};
    for (const char* name : {"postgres", "nobody"})
        if (const passwd* const entry = ::getpwnam(name))
            return {entry->pw_uid, entry->pw_gid};
    throw std::runtime_error("there is no user but root: PostgreSQL refuses to be root");
}

Launch launch(const std::string& name, std::vector<std::string> arguments,
              const std::string& input = "/dev/null") {
    const auto become_user = [user = user(), input] {
        const int in = ::open(input.c_str(), O_RDONLY);
        if (in < 0 || ::dup2(in, STDIN_FILENO) < 0) ::_exit(126);
        if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(user.gid) != 0 ||
                                 ::setuid(user.uid) != 0))
            ::_exit(126);
#ifdef __linux__
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it doesn't outlast a change of user
#endif
        if (::chdir("/") != 0) ::_exit(126);  // ours may be closed to this user
    };
    return {program(name), std::move(arguments), {{"LC_ALL", "C"}}, become_user};
}

/// To whom the cluster will belong.
void give(const std::filesystem::path& path) {
    const User owner = user();
    if (::chown(path.c_str(), owner.uid, owner.gid) != 0)
        throw std::system_error(errno, std::generic_category(), path.string());
}

void run(const Launch& what) {
    ServerProcess process(what);
    if (process.wait_for_exit(Deadline(std::chrono::seconds(60))) != Exit{0})
        throw WaitFailed(what.program + ": " + process.stderr_text() +
                         process.stdout_text());
}

/// A new cluster's files, in the folder `data` of `directory`. Nothing is lost if the
/// machine fails meanwhile: no sync. (The cluster itself does.) Small, for it will be
/// copied often: of its three databases only one stays.
void make_cluster(const TemporaryDirectory& directory) {
    const std::string data = directory.file("data");
    run(launch("initdb", {"-D", data, "-U", "six", "-A", "trust", "-E", "UTF8",
                          "--no-locale", "--no-sync", "--wal-segsize=1"}));
    const std::string statements = directory.file("statements");
    std::ofstream(statements)
        << "DROP DATABASE postgres\n"
           "UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'\n"
           "DROP DATABASE template0\n";
    run(launch("postgres", {"--single", "-D", data, "template1"}, statements));
}

/// Where a new cluster's files are: in the build folder, for this version of PostgreSQL.
/// Made by the first test that needs them, while the others wait.
std::filesystem::path prototype() {
    std::string version = program("initdb");
    std::ranges::replace(version, '/', '_');
    const std::filesystem::path result = std::string(SIX_BUILD_FOLDER "/new") + version;
    const Descriptor lock{
        ::open((result.string() + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)};
    if (!lock || ::flock(lock.get(), LOCK_EX) != 0)
        throw std::system_error(errno, std::generic_category(), result.string());
    if (std::filesystem::exists(result)) return result;

    const TemporaryDirectory directory;
    give(directory.path());
    make_cluster(directory);
    const std::filesystem::path half = result.string() + ".half";
    std::filesystem::remove_all(half);
    std::filesystem::copy(directory.file("data"), half,
                          std::filesystem::copy_options::recursive);
    std::filesystem::rename(half, result);
    return result;
}

}  // namespace

bool PostgresCluster::available() {
    return !program("initdb").empty() && !program("postgres").empty();
}

PostgresCluster::PostgresCluster() {
    create();
    start();
}

PostgresCluster::~PostgresCluster() {
    if (!process_) return;
    process_->signal(SIGQUIT);  // "immediate": its processes end without saving anything
    try {
        (void)process_->wait_for_exit();
    } catch (const WaitFailed&) {
        // Its owner kills it.
    }
}

std::string PostgresCluster::address() const {
    return "postgresql://six@/template1?host=" + directory_.path().string();
}

// initdb takes seconds. So it is run once, and what it has made is copied for each test.
void PostgresCluster::create() {
    const std::filesystem::path made = prototype();
    give(directory_.path());
    std::filesystem::copy(made, data_, std::filesystem::copy_options::recursive);
    give(data_);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data_))
        give(entry.path());
}

void PostgresCluster::start() {
    // After a kill its other processes need a moment to notice, and keep it from starting.
    wait_until(
        "PostgreSQL to let clients in",
        [this] {
            if (!process_ || !process_->running())
                process_.emplace(
                    launch("postgres", {"-D", data_, "-k", directory_.path().string(), "-c",
                                        "listen_addresses="}));
            return ready();
        },
        Deadline(std::chrono::seconds(60)));
}

/// Its file says which process it is, and how far that is (as pg_ctl sees it).
bool PostgresCluster::ready() {
    std::ifstream file(data_ + "/postmaster.pid");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines.size() >= 8 && lines[0] == std::to_string(process_->pid()) &&
           lines[7].starts_with("ready");
}

void PostgresCluster::kill() {
    process_->signal(SIGKILL);
    (void)process_->wait_for_exit();
}

}  // namespace six::testing
