#include "bench/measure.hpp"

#include <unistd.h>

#include <csignal>
#include <system_error>

#include "common/testing/server_process.hpp"
#include "common/trace/summary.hpp"

namespace six::bench {

using namespace std::chrono_literals;

namespace {

/// A path for a file that isn't there, and that goes with all that SQLite put beside it.
class NewFile {
  public:
    explicit NewFile(std::filesystem::path path) : path_(std::move(path)) { remove(); }
    ~NewFile() { remove(); }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    std::string path() const { return path_.string(); }

  private:
    void remove() const {
        std::error_code ignored;
        for (const char* end : {"", "-wal", "-shm"})
            std::filesystem::remove(path_.string() + end, ignored);
    }
    std::filesystem::path path_;
};

/// A rung's server, running, warm. It is killed at the end: what is measured has been.
class Server {
  public:
    Server(const Rung& rung, const Workshop& workshop,
           std::vector<std::string> more_options)
        : database_(workshop.databases / (rung.program + ".db")),
          launch_{(workshop.programs / rung.program).string(), rung.options} {
        if (::access(launch_.program.c_str(), X_OK) != 0)
            throw std::runtime_error("there is no program " + launch_.program);
        auto& arguments = launch_.arguments;
        arguments.insert(arguments.end(), {"--database", database_.path()});
        arguments.insert(arguments.end(), more_options.begin(), more_options.end());
        process_.emplace(testing::start_server(launch_));
        if (!serves_a_client(address()))
            throw std::runtime_error("it answers, but saves no item");
    }

    ServerAddress address() const {
        return {process_->address().host, process_->address().port};
    }
    pid_t pid() const { return process_->pid(); }

    /// Lets it end by itself, so that it completes its trace. Blocks until it has; one that
    /// takes too long is killed.
    void stop() {
        process_->signal(SIGTERM);
        try {
            process_->wait_for_exit(testing::Deadline(8s));
        } catch (const testing::WaitFailed&) {
            process_.reset();
        }
    }

  private:
    NewFile database_;
    testing::Launch launch_;
    std::optional<testing::ServerProcess> process_;
};

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

std::string command_of(const Rung& rung) {
    std::string command = rung.program;
    for (const std::string& option : rung.options) command += " " + option;
    return command;
}

std::optional<Shares> shares_in(const std::string& trace_file) {
    using trace::State;
    const trace::Shares all = trace::shares(trace::read(trace_file));
    const Seconds running = all.in(State::running);  // accepted: the clients' time in line
    const Seconds total = all.client() + all.database() + running;
    if (total == Seconds(0)) return std::nullopt;
    const auto percent = [&](Seconds time) { return 100 * (time / total); };
    return Shares{percent(all.client()), percent(all.database()), percent(running)};
}

}  // namespace

Result measure(const Rung& rung, const Load& load, const Workshop& workshop,
               const StopSignal& stop, const Watcher& watcher) {
    if (stop.requested()) throw Interrupted{};
    Result result;
    result.name = rung.name;
    result.command = command_of(rung);
    try {
        Server server{rung, workshop, {}};
        if (const auto stats = look_at(server.pid())) result.idle = stats->memory;
        add_figures(result, load,
                    run_load(load, server.address(), server.pid(), stop, watcher));
    } catch (const std::exception& error) {
        result.failure = first_line(error.what());
    }
    return result;
}

std::optional<Shares> measure_shares(const Rung& rung, const Load& load,
                                     const Workshop& workshop, const StopSignal& stop,
                                     const Watcher& watcher) {
    if (stop.requested()) throw Interrupted{};
    const NewFile trace{workshop.databases / (rung.program + ".trace.json")};
    try {
        Server server{rung, workshop, {"--trace", trace.path()}};
        run_load(load, server.address(), server.pid(), stop, watcher);
        server.stop();
        return shares_in(trace.path());
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace six::bench
