// How a server ends: killed, asked to end, or without power, each under load. What it had
// acknowledged must be there. Read first: subject.hpp, shim.hpp. Read next: break.cpp.
#include <atomic>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <span>

#include "bench/lab/crash_faults.hpp"
#include "bench/lab/shim.hpp"
#include "common/testing/files.hpp"
#include "common/testing/slow_clients.hpp"

namespace six::lab {

namespace {

using testing::Exit;

constexpr std::size_t enough_items = 100;

/// Clients that save one item after another until they are stopped or the server is gone,
/// each on a thread of its own, and what was acknowledged to them.
class SavingClients {
  public:
    explicit SavingClients(const testing::Address& server) {
        for (int i = 0; i < 4; ++i)
            threads_.push_back(std::async(
                std::launch::async, [this, server, i] { run(server, std::to_string(i)); }));
    }
    ~SavingClients() { stopping_ = true; }

    void wait_for_items() {
        testing::wait_until("items to be saved", [&] { return count_ >= enough_items; });
    }
    Saved finish() {
        stopping_ = true;
        threads_.clear();
        return std::move(saved_);
    }

  private:
    void run(const testing::Address& server, const std::string& name) {
        for (int i = 0; !stopping_; ++i) {
            const std::string body =
                "item " + std::to_string(i) + " of client " + name + std::string(300, '.');
            const Answer answer = ask(server, post(body));
            if (answer.status == 0) return;  // it is gone
            if (answer.status != 200) continue;
            const std::scoped_lock lock(mutex_);
            saved_.emplace(testing::pk_in(answer.body), body);
            ++count_;
        }
    }

    std::mutex mutex_;
    Saved saved_;  // guarded by mutex_
    std::atomic<std::size_t> count_ = 0;
    std::atomic<bool> stopping_ = false;
    std::vector<std::future<void>> threads_;  // last: each waits for its thread's end
};

Saved save_until_killed(Subject& subject) {
    SavingClients clients(subject.address());
    clients.wait_for_items();
    subject.kill();
    return clients.finish();
}

Observed sigkill(Subject& subject) {
    Observed seen;
    subject.start();
    const Saved saved = save_until_killed(subject);
    subject.restart();
    subject.check_saved(saved, seen);
    subject.check_recovery(seen);
    return seen;
}

/// A request that is in flight for sure: the server has asked for its body.
Client request_in_flight(const Subject& subject) {
    Client client(subject.address());
    client.send(post_head(4, "Expect: 100-continue\r\n"));
    client.read_continue();
    return client;
}

Observed sigterm(Subject& subject) {
    Observed seen;
    subject.start();
    SavingClients clients(subject.address());
    clients.wait_for_items();
    Client client = request_in_flight(subject);
    subject.process().signal(SIGTERM);
    testing::wait_until("new clients to be refused",
                        [&] { return testing::refuses_connections(subject.address()); });
    const Answer answer = ask(client, "item", 4 * patience);
    const bool ended = subject.process().wait_for_exit() == Exit{};
    Saved saved = clients.finish();
    if (answer.status == 200) saved[testing::pk_in(answer.body)] = "item";
    seen.fair = answer.status == 200 && ended;
    seen.fate = seen.fair ? "served" : word_of(answer);
    seen.note = "who was in flight got " + word_of(answer);
    subject.restart();
    subject.check_saved(saved, seen);
    subject.check_recovery(seen);
    return seen;
}

// --- power loss ---

struct Change {
    JournalRecord record;
    std::string_view data;
};

std::vector<Change> parse_journal(std::string_view journal) {
    std::vector<Change> changes;
    while (journal.size() >= sizeof(JournalRecord)) {
        JournalRecord record{};
        std::memcpy(&record, journal.data(), sizeof record);
        journal.remove_prefix(sizeof record);
        const auto size = static_cast<std::size_t>(record.bytes);
        if (journal.size() < size) break;  // killed in the middle of it
        changes.push_back({record, journal.substr(0, size)});
        journal.remove_prefix(size);
    }
    return changes;
}

void apply(const Change& change, std::string& bytes) {
    const auto offset = static_cast<std::size_t>(change.record.offset);
    if (change.record.kind == JournalRecord::Kind::truncate) return bytes.resize(offset);
    if (bytes.size() < offset + change.data.size())
        bytes.resize(offset + change.data.size());
    bytes.replace(offset, change.data.size(), change.data);
}

}  // namespace

std::string synced_bytes(std::string_view journal, DatabaseFile file) {
    const std::vector<Change> changes = parse_journal(journal);
    std::int64_t synced = 0;  // so many records are on the disk
    for (const Change& change : changes)
        if (change.record.kind == JournalRecord::Kind::sync && change.record.file == file)
            synced = std::max(synced, change.record.offset);
    std::string bytes;
    for (const Change& change : std::span(changes).first(static_cast<std::size_t>(synced)))
        if (change.record.file == file && change.record.kind != JournalRecord::Kind::sync)
            apply(change, bytes);
    return bytes;
}

Observed power_loss(Subject& subject, bool disk_lies) {
    Observed seen;
    const Shim shim(subject);
    const std::string journal_file = subject.file("journal");
    subject.start({}, shim.launch(journal_file));
    shim->sync_lies = disk_lies ? 1 : 0;
    const Saved saved = save_until_killed(subject);
    const std::string journal = testing::read_file(journal_file);
    const std::string database = subject.file("after.db");
    std::ofstream(database, std::ios::binary) << synced_bytes(journal, DatabaseFile::main);
    std::ofstream(database + "-wal", std::ios::binary)
        << synced_bytes(journal, DatabaseFile::log);
    subject.restart_on(database);
    subject.check_saved(saved, seen);
    subject.check_recovery(seen);
    return seen;
}

std::vector<Fault> crash_faults() {
    return {
        {"sigkill", "SIGKILL", "it is killed under load, and started again", sigkill},
        {"power-loss", "power loss", "what was not synced is gone, and it is started again",
         [](Subject& subject) { return power_loss(subject, false); }},
        {"sigterm", "SIGTERM", "it is asked to end under load", sigterm},
    };
}

}  // namespace six::lab
