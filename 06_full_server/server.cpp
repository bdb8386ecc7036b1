// Chapter 06: the server of chapter 05 with what a real one needs: several loops behind one
// listener, a deadline for each wait, and one writer that commits in groups. Read first:
// worker.cpp.
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "01_blocking/socket.hpp"
#include "04_event_loop/nonblocking.hpp"
#include "05_coroutines/sync_wait.hpp"
#include "06_full_server/postgres/database.hpp"
#include "06_full_server/service.hpp"
#include "06_full_server/sqlite_database.hpp"
#include "06_full_server/worker.hpp"
#include "common/options.hpp"

namespace six::full {

constexpr std::size_t upload_bytes = 1024 * 1024;  // what is larger waits in a file

struct FullOptions {
    int listen_fd = 0;  // none
    std::string poller = poller_names().front();
    int loops = 1;
    Deadlines deadlines;
    int max_connections = 100'000;
    int max_per_address = 1'000'000;
    std::string log = "off";
    int max_memory = 256 * 1024 * 1024;
    int queue = 10'000;
    int batch = 256;
    PostgresOptions postgres;  // no address: SQLite
};

/// Deals clients out to the workers, in turn.
class Dealer {
  public:
    Dealer(EventLoop& loop, UniqueFd listener, Admission& admission,
           std::list<Worker>& workers)
        : loop_(loop),
          listener_(loop, std::move(listener)),
          admission_(admission),
          workers_(workers) {}

    Task<void> accept_clients();

  private:
    void deal(UniqueFd client);
    void refuse(const UniqueFd& client);

    EventLoop& loop_;
    WatchedFd listener_;
    Admission& admission_;
    std::list<Worker>& workers_;
    std::list<Worker>::iterator next_ = workers_.begin();
};

// #region accept
Task<void> Dealer::accept_clients() {
    while (true) {
        co_await admission_.place();  // who comes meanwhile waits in the kernel's queue
        UniqueFd client = accept_client(listener_.get(), Mode::non_blocking);
        if (client) {
            deal(std::move(client));
            co_await sleep_for(loop_, Duration::zero());  // the others have a turn, too
        } else if (accept_needs_pause()) {
            // Out of descriptors, perhaps: not again at once.
            co_await sleep_for(loop_, accept_pause);
        } else {
            co_await readable(loop_, listener_.get());
        }
    }
}

void Dealer::deal(UniqueFd client) {
    std::optional<Admission::Ticket> ticket = admission_.admit(network_of(client.get()));
    if (!ticket) return refuse(client);
    next_->adopt(std::move(client), std::move(*ticket));
    if (++next_ == workers_.end()) next_ = workers_.begin();
}
// #endregion

/// Says no in a few words, to a client that nobody will listen to.
void Dealer::refuse(const UniqueFd& client) {
    const auto no = http::to_response(http::Error(503, "too many connections from there"));
    const auto bytes =
        serialize(no, {}, http::Afterwards::close, std::chrono::system_clock::now());
    (void)try_send(client.get(), bytes);  // fits, or is gone with the client
    workers_.front().metrics().connections_refused.add();
}

/// The first worker's thread accepts for all of them, until the signal to stop.
Task<void> run_first(Worker& first, UniqueFd listener, Admission& admission,
                     std::list<Worker>& workers, const StopSignal& stop,
                     const ServiceManager& manager) {
    {
        Dealer dealer{first.loop(), std::move(listener), admission, workers};
        TaskGroup accepting;
        accepting.spawn(dealer.accept_clients());
        co_await readable(first.loop(), stop.fd());
        accepting.cancel();
        co_await accepting.join();
    }
    manager.tell("STOPPING=1");
    co_await first.drain();
}

AccessLog::Format log_format(const std::string& name) {
    if (name == "json") return AccessLog::Format::json;
    return name == "text" ? AccessLog::Format::text : AccessLog::Format::off;
}

/// Where the database's file is, there is room for what will go into it.
std::string folder_of(const std::string& database) {
    if (database == ":memory:") return std::filesystem::temp_directory_path();
    const auto folder = std::filesystem::path(database).parent_path();
    return folder.empty() ? "." : folder.string();
}

std::unique_ptr<Database> open_database(const ServerOptions& options,
                                        const FullOptions& full) {
    const auto queue = static_cast<std::size_t>(full.queue);
    const auto batch = static_cast<std::size_t>(full.batch);
    if (!full.postgres.address.empty()) {
        PostgresOptions postgres = full.postgres;
        postgres.save_delay = options.store.save_delay;
        postgres.queued = queue;
        postgres.batch = batch;
        return open_postgres(postgres);
    }
    return std::make_unique<SqliteDatabase>(options.store, Committer::Limits{queue, batch});
}

int run(const ServerOptions& options, const FullOptions& full) {
    prepare_process();
    const StopSignal stop;
    std::list<EventLoop> loops;  // outlive those who post to them
    for (int i = 0; i < full.loops; ++i) loops.emplace_back(make_poller(full.poller));
    const std::unique_ptr<Database> database = open_database(options, full);
    UniqueFd listener = full.listen_fd > 0 ? inherited_listener(full.listen_fd)
                                           : listen_on(options.address, options.port);
    const std::string address = local_address(listener.get());
    const std::uint16_t port = local_port(listener.get());
    const ServiceManager manager;

    Admission admission{loops.front(),
                        {static_cast<std::size_t>(full.max_connections),
                         static_cast<std::size_t>(full.max_per_address)}};
    std::optional<ThreadPool> disk;  // for uploads, if any body may be so large
    if (options.limits.body_bytes > upload_bytes) disk.emplace(1, 10'000u);
    MemoryBudget memory{static_cast<std::size_t>(full.max_memory)};
    Metrics metrics;
    AccessLog log{STDOUT_FILENO, log_format(full.log)};
    const Shared shared{
        *database,
        {upload_bytes, disk ? &*disk : nullptr, folder_of(options.store.file)},
        metrics,
        log,
        memory,
        options.limits,
        full.deadlines,
        options.drain_timeout,
        stop};
    std::list<Worker> workers;
    for (EventLoop& loop : loops) workers.emplace_back(loop, shared);

    std::vector<std::jthread> threads;  // the first worker runs on this one
    for (auto worker = std::next(workers.begin()); worker != workers.end(); ++worker)
        threads.emplace_back(
            [&worker = *worker] { sync_wait(worker.loop(), worker.run()); });
    const SignsOfLife alive{loops.front(), manager};
    announce(address, port);
    manager.tell("READY=1");
    sync_wait(workers.front().loop(), run_first(workers.front(), std::move(listener),
                                                admission, workers, stop, manager));
    return 0;
}

}  // namespace six::full

int main(int argc, char** argv) {
    return six::run_main("06_full_server", [&] {
        six::CommandLine line{"06_full_server", "Several loops, deadlines, group commit."};
        six::full::FullOptions full;
        line.number("--listen-fd", full.listen_fd, 0, 1'000'000,
                    "a listening socket that is open already, in place of --address and "
                    "--port; 0: none");
        line.choice("--poller", full.poller, six::poller_names(),
                    "how a loop asks the kernel");
        line.number("--loops", full.loops, 1, 64,
                    "event loops, each with a thread of its own");
        line.number("--max-connections", full.max_connections, 1, 1'000'000,
                    "at a time; the others wait until there is a place");
        line.number("--max-per-address", full.max_per_address, 1, 1'000'000,
                    "of them, from one address; more are refused (503)");
        line.number("--max-memory", full.max_memory, 1, 2'000'000'000,
                    "bytes of bodies and answers, of all requests; more are refused (503)");
        line.seconds("--idle-timeout", full.deadlines.idle,
                     "for the first byte of a request");
        line.seconds("--head-timeout", full.deadlines.head,
                     "for the rest of a request's head");
        line.seconds("--body-timeout", full.deadlines.body, "for a request's body");
        line.number("--body-rate", full.deadlines.body_rate, 1, 1'000'000'000,
                    "so many bytes of a body buy it a second more");
        line.seconds("--handler-timeout", full.deadlines.handler,
                     "for the database to answer");
        line.seconds("--write-timeout", full.deadlines.write,
                     "for a client to take its answer");
        line.choice("--log", full.log, {"off", "text", "json"},
                    "a line for each request, on stdout");
        line.number("--queue", full.queue, 1, 1'000'000,
                    "saves that may wait for the disk; more are refused (503)");
        line.number("--batch", full.batch, 1, 10'000, "saves in one commit");
        line.text("--store", full.postgres.address, "URL", six::full::complaint_about,
                  "postgresql://USER@HOST/DATABASE, in place of --database");
        line.number("--store-connections", full.postgres.connections, 1, 1'000,
                    "of each loop to PostgreSQL; one is for finds");
        line.seconds("--store-timeout", full.postgres.patience,
                     "for PostgreSQL to answer; then 503");
        const six::ServerOptions options = line.parse(argc, argv);
        const six::trace::Recording recording{options.trace_file, "06_full_server"};
        return six::full::run(options, full);
    });
}
