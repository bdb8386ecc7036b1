// What the system does to a server: it has no descriptors, no memory, no disk, and its
// clock jumps. Most of it through the shim. Read first: subject.hpp, shim.hpp. Read next:
// crash_faults.cpp.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "bench/lab/shim.hpp"
#include "common/items/tests/other_connection.hpp"
#include "common/testing/slow_clients.hpp"
#include "common/testing/small_disk.hpp"

#ifndef __has_feature
#define __has_feature(name) 0  // g++ has none; with it, sanitizers need another compiler
#endif

namespace six::lab {

// --- the shim ---

namespace {

#if defined(SIX_SHIM_PATH) && !__has_feature(address_sanitizer) && \
    !__has_feature(thread_sanitizer)
constexpr const char* shim_path = SIX_SHIM_PATH;
#else
constexpr const char* shim_path = nullptr;
#endif

}  // namespace

Shim::Shim(const Subject& subject) : file_(subject.file("control")) {
    if (!shim_path) throw Skipped("needs LD_PRELOAD: Linux, and no sanitizer");
    const testing::Descriptor fd{::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    const bool sized = fd && ::ftruncate(fd.get(), sizeof(ShimControl)) == 0;
    void* const page = !sized ? MAP_FAILED
                              : ::mmap(nullptr, sizeof(ShimControl), PROT_READ | PROT_WRITE,
                                       MAP_SHARED, fd.get(), 0);
    if (page == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(), "cannot map " + file_);
    control_ = static_cast<ShimControl*>(page);
}

Shim::~Shim() {
    ::munmap(control_, sizeof(ShimControl));
}

testing::Launch Shim::launch(const std::string& journal) const {
    testing::Launch launch;
    launch.environment = {{"LD_PRELOAD", shim_path}, {control_variable, file_}};
    if (!journal.empty()) launch.environment.emplace_back(journal_variable, journal);
    return launch;
}

namespace {

using testing::pause_between_looks;

// --- accept ---

/// Somebody comes while accept gives `error`, and waits; those who are there are served.
void refuse_to_accept(Subject& subject, const Shim& shim, std::optional<Client>& guest,
                      int error, Observed& seen) {
    const long failed_before = shim->failures;
    shim->accept_error = error;
    Client newcomer(subject.address());
    newcomer.send(get("/health"));
    testing::wait_until("accept to fail", [&] { return shim->failures > failed_before; });
    const long count_before = shim->failures;
    const Deadline watched(watching / 5);
    if (guest) {
        const Answer answer = ask(*guest, get("/health"));
        subject.note(seen, answer, answer.status == 200);
    }
    while (!watched.over()) pause_between_looks();
    constexpr long busy = 500;  // tries in a fifth of a second
    seen.spins = seen.spins || shim->failures - count_before > busy;
    shim->accept_error = 0;
    if (ask(newcomer, "").status == 200) return;
    seen.fair = false;
    seen.fate = "stuck";
    seen.note = std::string("who came then got no answer: ") + std::strerror(error);
}

Observed accept_fails(Subject& subject) {
    Observed seen;
    const Shim shim(subject);
    subject.start({}, shim.launch());
    std::optional<Client> guest = subject.guest();
    for (const int error : {EMFILE, ENFILE, ENOMEM})
        refuse_to_accept(subject, shim, guest, error, seen);
    guest.reset();
    subject.check_recovery(seen);
    return seen;
}

// --- the disk ---

/// Clients save while the disk refuses, and must be told so.
void save_in_trouble(Subject& subject, Saved& saved, Observed& seen) {
    constexpr int tries = 3;
    const std::int64_t old = saved.begin()->first;
    for (int i = 0; i < tries; ++i) {
        const std::string body = "in trouble " + std::to_string(i);
        const Answer answer = ask(subject.address(), post(body), 2 * patience);
        if (answer.status == 200) saved[testing::pk_in(answer.body)] = body;
        if (i == 0 || answer.status != 503) seen.fate = word_of(answer);
        seen.fair = seen.fair && answer.status == 503;
        subject.others_read(old, seen);
    }
    seen.note = "who saved got " + seen.fate;
}

Saved some_items(Subject& subject) {
    Saved saved;
    for (const char* body : {"one", "two", "three"}) saved[subject.save(body)] = body;
    return saved;
}

Observed disk_trouble(Subject& subject, std::atomic<int> ShimControl::*fault, int error) {
    Observed seen;
    const Shim shim(subject);
    subject.start({}, shim.launch());
    Saved saved = some_items(subject);
    (shim.operator->()->*fault) = error;
    save_in_trouble(subject, saved, seen);
    if (shim->failures == 0) throw std::runtime_error("the fault did not reach the server");
    (shim.operator->()->*fault) = 0;
    subject.check_recovery(seen);
    subject.check_saved(saved, seen);
    return seen;
}

Observed write_enospc(Subject& subject) {
    return disk_trouble(subject, &ShimControl::write_error, ENOSPC);
}

Observed write_eio(Subject& subject) {
    return disk_trouble(subject, &ShimControl::write_error, EIO);
}

Observed sync_eio(Subject& subject) {
    return disk_trouble(subject, &ShimControl::sync_error, EIO);
}

Observed full_disk(Subject& subject) {
    Observed seen;
    const testing::SmallDisk disk("3m");
    if (!disk.mounted()) throw Skipped("only root may mount a small disk");
    const std::string ballast = disk.file("ballast");
    std::ofstream(ballast) << std::string(1024 * 1024, 'b');
    subject.use_database(disk.file("items.db"));
    subject.start();
    Saved saved = some_items(subject);
    const std::string body(50'000, 'x');
    for (Answer answer; (answer = ask(subject.address(), post(body))).status == 200;)
        saved[testing::pk_in(answer.body)] = body;
    const Answer refused = ask(subject.address(), post(body));
    seen.fate = word_of(refused);
    seen.fair = refused.status == 503;
    seen.note = "who saved got " + seen.fate;
    subject.others_read(saved.begin()->first, seen);
    std::filesystem::remove(ballast);  // somebody tidies up
    subject.check_recovery(seen);
    subject.check_saved(saved, seen);
    subject.kill();  // before its disk goes
    return seen;
}

std::vector<Client> some_savers(const Subject& subject, int count) {
    std::vector<Client> savers;
    for (int i = 0; i < count; ++i)
        savers.emplace_back(subject.address()).send(post("late"));
    return savers;
}

/// Many save together, more than a pool has threads, and then one more: how long does that
/// one wait?
Observed slow_disk(Subject& subject) {
    Observed seen;
    const Shim shim(subject);
    subject.start({}, shim.launch());
    shim->sync_delay_ms = 200;
    std::vector<Client> savers = some_savers(subject, 60);
    subject.ask_others(seen);
    if (shim->delays == 0) throw std::runtime_error("the delay did not reach the server");
    shim->sync_delay_ms = 0;
    savers.clear();
    subject.check_recovery(seen);
    return seen;
}

/// The answer to the one that waits longest: threads get hold of a database in any order.
Answer last_answer(std::vector<Client>& clients, Milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    Answer last;
    for (Client& client : clients) {
        const auto left = end - std::chrono::steady_clock::now();
        last = ask(client, "",
                   std::max(Milliseconds(1), std::chrono::ceil<Milliseconds>(left)));
        if (last.status == 0) break;
    }
    return last;
}

Observed locked(Subject& subject) {
    Observed seen;
    subject.start();
    Saved saved = some_items(subject);
    testing::OtherConnection other{subject.database()};
    other.run("BEGIN EXCLUSIVE");
    std::vector<Client> savers = some_savers(subject, 8);
    subject.others_read(saved.begin()->first, seen);
    // Refused together they wait for 2 s, one by one for 8. SQLite counts its naps and not
    // the time, so on a busy machine it may well be 3 instead of 2.
    const Answer answer = last_answer(savers, 3 * patience);
    seen.fate = word_of(answer);
    seen.fair = answer.status == 503;
    seen.note = "the one that waited longest got " + seen.fate;
    other.run("ROLLBACK");
    savers.clear();
    subject.check_recovery(seen);
    subject.check_saved(saved, seen);
    return seen;
}

// --- the clock ---

Observed clock_steps(Subject& subject) {
    constexpr long day_s = 24 * 60 * 60;
    Observed seen;
    const Shim shim(subject);
    subject.start({}, shim.launch());
    std::optional<Client> guest = subject.guest();
    const std::string date = ask(subject.address(), get("/health")).date;
    for (const long step : {day_s, -day_s, 0L}) {
        shim->clock_step_s = step;
        subject.ask_others(seen);
        if (guest) {
            const Answer answer = ask(*guest, get("/health"));
            subject.note(seen, answer, answer.status == 200);
        }
        const Answer dated = ask(subject.address(), get("/health"));
        if (step != 0 && dated.date.substr(0, 16) == date.substr(0, 16))
            throw std::runtime_error("the clock of the server did not step");
        // One request lasts while the clock steps on.
        Client client(subject.address());
        client.send(post_head(4, "Expect: 100-continue\r\n"));
        client.read_continue(Deadline(patience));
        shim->clock_step_s = -step;
        const Answer answer = ask(client, "item");
        seen.fair = seen.fair && answer.status == 200;
        seen.fate = seen.fair ? "held" : word_of(answer);
    }
    guest.reset();
    subject.check_recovery(seen);
    return seen;
}

}  // namespace

std::vector<Fault> system_faults() {
    return {
        {"accept", "accept fails", "accept gives EMFILE, then ENFILE, then ENOMEM",
         accept_fails},
        {"write-enospc", "ENOSPC on write", "the database's writes find no space",
         write_enospc},
        {"write-eio", "EIO on write", "the database's writes fail", write_eio},
        {"sync-eio", "EIO on sync", "the disk doesn't confirm what was written", sync_eio},
        {"disk-full", "a full disk", "the database's disk of 3 MiB fills up", full_disk},
        {"slow-disk", "a slow disk", "a sync takes 200 ms, and 60 clients save at once",
         slow_disk},
        {"locked", "a locked database", "another program has it, and 8 clients save",
         locked},
        {"clock", "clock steps", "the clock jumps by a day, there and back", clock_steps},
    };
}

}  // namespace six::lab
