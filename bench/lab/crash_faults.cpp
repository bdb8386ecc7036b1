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
#include <vector>

#include "bench/lab/crash_faults.hpp"
#include "bench/lab/shim.hpp"
#include "common/testing/files.hpp"
#include "common/testing/slow_clients.hpp"

namespace six::lab {

namespace {

using testing::Exit;

constexpr std::size_t enough_items = 100;
constexpr const char* late_item = "what was in flight when the server had to end";

/// Asks to save an item of so many bytes, and doesn't send them yet.
Client ask_to_save(const testing::Address& server, std::size_t bytes) {
    Client client(server);
    client.send(post_head(bytes, "Expect: 100-continue\r\n"));
    return client;
}

/// True once the server has asked for the body: so it has the whole head, the request is in
/// flight, and whatever happens but a crash, it owes an answer. Of other requests nobody
/// outside can know how far they have come.
bool is_in_flight(Client& client, const Deadline& deadline) try {
    client.read_continue(deadline);
    return true;
} catch (const testing::WaitFailed&) {
    return false;
}

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
    /// Requests that were in flight and were not answered. Call it after `finish`.
    std::size_t cut() const { return cut_; }

  private:
    void run(const testing::Address& server, const std::string& name) {
        for (int i = 0; !stopping_; ++i)
            if (!save(server, "item " + std::to_string(i) + " of client " + name +
                                  std::string(300, '.')))
                return;
    }
    /// False: the server is gone.
    bool save(const testing::Address& server, const std::string& body) try {
        Client client = ask_to_save(server, body.size());
        if (!is_in_flight(client, Deadline(patience))) return false;
        const Answer answer = ask(client, body, 4 * patience);
        if (answer.status == 0) ++cut_;
        if (answer.status != 200) return answer.status != 0;
        const std::scoped_lock lock(mutex_);
        saved_.emplace(testing::pk_in(answer.body), body);
        ++count_;
        return true;
    } catch (const std::runtime_error&) {
        return false;  // not even a connection
    }

    std::mutex mutex_;
    Saved saved_;  // guarded by mutex_
    std::atomic<std::size_t> count_ = 0;
    std::atomic<std::size_t> cut_ = 0;
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

/// Several requests that are in flight: as many as this server takes at once, up to eight.
std::vector<Client> requests_in_flight(const Subject& subject) {
    constexpr int tries = 8;
    std::vector<Client> clients;
    for (int i = 0; i < tries; ++i)
        clients.push_back(ask_to_save(subject.address(), std::strlen(late_item)));
    const Deadline deadline(patience);
    std::erase_if(clients, [&](Client& client) { return !is_in_flight(client, deadline); });
    if (clients.empty()) throw testing::WaitFailed("no request got as far as its body");
    return clients;
}

/// They send their bodies now, and all of them must be answered.
void finish_requests(std::vector<Client>& clients, Saved& saved, Observed& seen) {
    std::size_t answered = 0;
    seen.fate = "served";
    for (Client& client : clients) {
        const Answer answer = ask(client, late_item, 4 * patience);
        if (answer.status == 200)
            ++answered, saved[testing::pk_in(answer.body)] = late_item;
        else
            seen.fate = word_of(answer);
    }
    seen.fair = answered == clients.size();
    seen.note = std::to_string(answered) + " of " + std::to_string(clients.size()) +
                " in flight were answered";
}

Observed sigterm(Subject& subject) {
    Observed seen;
    subject.start();
    SavingClients load(subject.address());
    load.wait_for_items();
    std::vector<Client> clients = requests_in_flight(subject);
    subject.process().signal(SIGTERM);
    testing::wait_until("new clients to be refused",
                        [&] { return testing::refuses_connections(subject.address()); });
    Saved saved;
    finish_requests(clients, saved, seen);
    const bool ended = subject.process().wait_for_exit() == Exit{};
    saved.merge(load.finish());
    if (load.cut() > 0) {
        seen.note += ", " + std::to_string(load.cut()) + " of the load were not";
        seen.fate = "cut";
    }
    seen.fair = seen.fair && ended && load.cut() == 0;
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
