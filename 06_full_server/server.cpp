// Chapter 06: the server of chapter 05 with what a real one needs: several loops behind one
// listener, a deadline for each wait, and one writer that commits in groups. Read first:
// worker.cpp, dealer.cpp.
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "01_blocking/socket.hpp"
#include "01_blocking/stop_signal.hpp"
#include "05_coroutines/sync_wait.hpp"
#include "06_full_server/dealer.hpp"
#include "06_full_server/drain_limit.hpp"
#include "06_full_server/lag_poller.hpp"
#include "06_full_server/options.hpp"
#include "06_full_server/service.hpp"
#include "06_full_server/sqlite_database.hpp"
#include "06_full_server/worker.hpp"

namespace six::full {

// What is larger waits in a file, on both ways.
constexpr std::size_t upload_bytes = ItemStore::small_bytes;

/// Tells the other workers to end when nobody accepts for them any more, whyever that is.
class EndOthers {
  public:
    explicit EndOthers(std::list<Worker>& workers) : workers_(workers) {}
    ~EndOthers() {
        for (auto other = std::next(workers_.begin()); other != workers_.end(); ++other)
            other->end();
    }
    EndOthers(const EndOthers&) = delete;
    EndOthers& operator=(const EndOthers&) = delete;

  private:
    std::list<Worker>& workers_;
};

Task<void> cancel_when_told(EventLoop& loop, const StopSignal& stop, TaskGroup& tasks) {
    co_await readable(loop, stop.fd());
    tasks.cancel();
}

/// Accepts for all workers, until the signal to stop.
Task<void> accept_until(const StopSignal& stop, UniqueFd listener, Admission& admission,
                        std::list<Worker>& workers) {
    EventLoop& loop = workers.front().loop();
    Dealer dealer{loop, std::move(listener), admission, workers};
    TaskGroup tasks;
    tasks.spawn(dealer.accept_clients());
    tasks.spawn(cancel_when_told(loop, stop, tasks));
    co_await tasks.join();
    // Before the listener goes, for whoever sees that must not be invited to ask again: not
    // by a loop, either, that has not been told to end yet.
    admission.close();
}

/// What the first worker's thread does.
Task<void> run_first(std::list<Worker>& workers, UniqueFd listener, Admission& admission,
                     const StopSignal& stop, const ServiceManager& manager,
                     DrainLimit& limit) {
    {
        const EndOthers others{workers};
        co_await accept_until(stop, std::move(listener), admission, workers);
        limit.begin();
    }
    manager.tell("STOPPING=1");
    co_await workers.front().drain();
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
                                        const FullOptions& full, const LargeItems& large) {
    const auto queue = static_cast<std::size_t>(full.queue);
    const auto batch = static_cast<std::size_t>(full.batch);
    const auto bytes = static_cast<std::size_t>(full.max_memory);
    if (!full.postgres.address.empty()) {
        PostgresOptions postgres = full.postgres;
        postgres.save_delay = options.store.save_delay;
        postgres.queued = queue;
        postgres.batch = batch;
        postgres.bytes = bytes;
        return open_postgres(postgres);
    }
    return std::make_unique<SqliteDatabase>(
        options.store, Committer::Limits{queue, batch, bytes},
        full.commit_on == "loop" ? CommitOn::loop : CommitOn::writer, large);
}

/// They count their turns.
std::list<EventLoop> make_loops(const FullOptions& full, Metrics& metrics) {
    std::list<EventLoop> loops;
    for (int i = 0; i < full.loops; ++i) {
        Durations& turns = metrics.add_loop().turns;
        loops.emplace_back(std::make_unique<LagPoller>(make_poller(full.poller), turns));
    }
    return loops;
}

UniqueFd open_listener(const ServerOptions& options, const FullOptions& full) {
    if (full.listen_fd > 0) return inherited_listener(full.listen_fd);
    return listen_on(options.address, options.port);
}

std::list<Worker> make_workers(std::list<EventLoop>& loops, Metrics& metrics,
                               const Shared& shared) {
    std::list<Worker> workers;
    auto counts = metrics.loops().begin();
    for (EventLoop& loop : loops) workers.emplace_back(loop, *counts++, shared);
    return workers;
}

/// Each worker but the first gets a thread.
void start_others(std::list<Worker>& workers, std::optional<ThreadPool>& threads) {
    const std::size_t others = workers.size() - 1;
    if (others > 0) threads.emplace(others, others);
    for (auto worker = std::next(workers.begin()); worker != workers.end(); ++worker)
        (void)threads->try_submit(
            [&worker = *worker] { sync_wait(worker.loop(), worker.run()); });
}

int run(const ServerOptions& options, const FullOptions& full) {
    prepare_process();
    const StopSignal stop;
    DrainLimit drain_limit{options.drain_timeout};  // for all that come after it
    // A loop that has ended may still hold a large item that nobody waits for any more. Who
    // reads slowly must not take the room of those who save.
    const std::size_t spool_bytes = static_cast<std::size_t>(full.max_spool_mib) << 20;
    MemoryBudget room_in{spool_bytes}, room_out{spool_bytes};
    const std::string folder = folder_of(options.store.file);
    const LargeItems large{options.limits.body_bytes > upload_bytes, {folder, &room_out}};
    Metrics metrics;
    std::list<EventLoop> loops = make_loops(full, metrics);  // outlive those who post
    loops.front().watch(stop.fd());
    const std::unique_ptr<Database> database = open_database(options, full, large);
    UniqueFd listener = open_listener(options, full);
    const std::string address = local_address(listener.get());
    const std::uint16_t port = local_port(listener.get());
    const ServiceManager manager;

    Admission admission{loops.front(),
                        {static_cast<std::size_t>(full.max_connections),
                         static_cast<std::size_t>(full.max_per_address)}};
    std::optional<ThreadPool> disk;  // for uploads, if any body may be so large
    if (large.expected) disk.emplace(1, 10'000u);
    MemoryBudget memory{static_cast<std::size_t>(full.max_memory)};
    AccessLog log{STDOUT_FILENO, log_format(full.log)};
    const Shared shared{*database,
                        admission,
                        {upload_bytes, disk ? &*disk : nullptr, {folder, &room_in}},
                        metrics,
                        log,
                        memory,
                        options.limits,
                        full.deadlines};
    std::list<Worker> workers = make_workers(loops, metrics, shared);
    std::optional<ThreadPool> others;  // the first worker runs on this thread
    start_others(workers, others);
    const SignsOfLife alive{loops, manager};
    announce(address, port);
    manager.tell("READY=1");
    sync_wait(workers.front().loop(), run_first(workers, std::move(listener), admission,
                                                stop, manager, drain_limit));
    return 0;
}

}  // namespace six::full

int main(int argc, char** argv) {
    return six::run_main("06_full_server", [&] {
        six::ServerCommandLine line{"06_full_server",
                                    "Several loops, deadlines, group commit."};
        six::full::FullOptions full;
        full.declare(line);
        const six::ServerOptions options = line.parse(argc, argv);
        const six::trace::Recording recording{options.trace_file, "06_full_server"};
        return six::full::run(options, full);
    });
}
