#include "06_full_server/tests/scripted_house.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "02_threads/thread_pool.hpp"

namespace six::full::test {
namespace {

using namespace std::chrono_literals;

constexpr http::Limits house_limits{.header_bytes = 2000, .body_bytes = 40'000};
constexpr Deadlines house_deadlines{
    .idle = 4s, .head = 2s, .body = 2s, .handler = 3s, .write = 2s, .body_rate = 50'000};
constexpr std::size_t most_clients = 3;

/// Those that a process has once.
struct Process {
    ThreadPool disk{1, 1};  // no body is so large that it would be used
    AccessLog log{-1, AccessLog::Format::off};
};
Process& process() {
    static Process process;
    return process;
}

/// Those that must have an answer. (Of the last one there may be only a part.)
std::size_t due(const std::vector<Asked>& asked) {
    return static_cast<std::size_t>(std::ranges::count_if(asked, [](const Asked& one) {
        return one.extent == Asked::Extent::whole || one.extent == Asked::Extent::refused;
    }));
}

}  // namespace

House::House(const Setup& setup)
    : setup_(setup),
      loop_(make_poller(setup.poll ? "poll" : ""), clock_),
      memory_bytes_(setup.little_memory ? 9'000 : 1'000'000),
      memory_(memory_bytes_),
      admission_(loop_, {.all = most_clients}),
      shared_{database_,    admission_,     {8'000, &process().disk, {"."}},
              metrics_,     process().log,  memory_,
              house_limits, house_deadlines} {
    database_.items = {"the first", std::string(14'000, '2')};
    worker_.emplace(loop_, metrics_.add_loop(), shared_);
    connect();
}

void House::turn_to(std::size_t guest) {
    now_ = &*std::next(guests_.begin(), static_cast<long>(guest % guests_.size()));
}

void House::connect() {
    if (!admission_.has_place() || drained_ || guests_.size() > 8) return;
    now_ = &guests_.emplace_back();
    worker_->adopt(now_->client.take_server_end(), std::move(*admission_.admit("a")));
}

void House::settle() {
    for (int idle = 0; idle < 3;) idle = loop_.run_once(false) == 0 ? idle + 1 : 0;
    require(memory_.taken() <= memory_bytes_, "too much memory");
}

void House::let_pass(Duration time) {
    note_slow_ones(time);
    bool over = false;
    loop_.call_after(time, [&over] { over = true; });
    while (!over) loop_.run_once();
    for (Guest& guest : guests_) guest.client.wait(time);
    settle();
}

void House::drain() {
    if (drained_) return;
    settle();
    // The request that is being answered; those behind it in the pipeline are dropped.
    for (Guest& guest : guests_) {
        const ScriptedClient& client = guest.client;
        if (setup_.read_before_drain) read_all(guest.client);
        const auto asked = requests_in(client.sent(), client.shut(), house_limits);
        const auto answered = answers_of(client, asked, true);
        guest.due_at_drain = std::min(due(asked), answered.count + 1);
        const bool begun = answered.cut || !setup_.read_before_drain;  // or perhaps it is
        guest.told_to_go = !begun && guest.due_at_drain > answered.count;
    }
    drained_ = true;
    draining_.spawn(worker_->drain());
}

Answered House::answers_of(const ScriptedClient& client, const std::vector<Asked>& asked,
                           bool slow) const {
    return answers_in(client.received(), asked, database_.items, house_limits,
                      {slow, setup_.little_memory});
}

void House::read_all(ScriptedClient& client) {
    while (client.read(4096)) settle();
}

// What a client sends after so much time may be too late.
void House::note_slow_ones(Duration time) {
    for (Guest& guest : guests_) {
        const auto asked =
            requests_in(guest.client.sent(), guest.client.shut(), house_limits);
        // Whoever doesn't read can't be told to go on with his body, either.
        const bool deaf = guest.client.longest_unread() + time >= house_deadlines.body;
        guest.slow |= deaf || due(asked) < asked.size();
    }
}

// Between two requests nothing is kept.
void House::check_idle() {
    for (const auto& guest : guests_) {
        const ScriptedClient& client = guest.client;
        const auto asked = requests_in(client.sent(), client.shut(), house_limits);
        const auto answered = answers_of(client, asked, guest.slow);
        const bool idle =
            answered.count == asked.size() && !answered.closes && !answered.cut;
        if (!client.here() || !idle) return;
    }
    require(memory_.taken() == 0, "memory is kept for nothing");
}

std::uint64_t House::connections() {
    return worker_->metrics().connections_opened.value() -
           worker_->metrics().connections_closed.value();
}

void House::end() {
    settle();
    end_of_clients();
    check_clients();
    drain();
    settle();
    require(draining_.size() == 0, "the worker doesn't end");
    check_nothing_left();
}

/// They read what they are told, or leave at once; the database works again, or doesn't.
void House::end_of_clients() {
    if (setup_.answers) {
        database_.mood = ScriptedDatabase::Mood::at_once;
        database_.answer_all();
    }
    if (!setup_.patient)
        for (Guest& guest : guests_) guest.client.leave();
    settle();
    for (int round = 0; round < 100 && connections() > 0; ++round) {
        for (Guest& guest : guests_) read_all(guest.client);
        if (round == 0) check_idle();
        let_pass(500ms);
    }
    for (Guest& guest : guests_) read_all(guest.client);
    require(connections() == 0, "a connection never ends");
}

void House::check_clients() {
    std::map<std::string, int> asked_to_save;
    std::set<std::int64_t> saved;
    for (const auto& [client, slow, due_at_drain, told_to_go] : guests_) {
        const auto asked = requests_in(client.sent(), client.shut(), house_limits);
        const Answered answered = answers_of(client, asked, slow);
        for (const Asked& one : asked)
            if (one.extent == Asked::Extent::whole && one.head.path == "/items")
                ++asked_to_save[one.body];
        for (const std::int64_t pk : answered.pk)
            require(saved.insert(pk).second, "two clients have the same item");
        const bool listened =
            client.here() && client.longest_unread() < house_deadlines.write;
        if (!listened || answered.closes || answered.cut) continue;
        require(answered.count >= (drained_ ? due_at_drain : due(asked)),
                "a request has no answer");
        require(!told_to_go, "a drained connection isn't told to go");
    }
    check_saved(asked_to_save);
}

/// Nothing is there twice, or that nobody asked for.
void House::check_saved(const std::map<std::string, int>& asked) const {
    std::map<std::string, int> saved;
    for (auto item = database_.items.begin() + 2; item != database_.items.end(); ++item)
        ++saved[*item];
    for (const auto& [body, times] : saved) {
        const auto found = asked.find(body);
        require(found != asked.end() && times <= found->second, "an item is there twice");
    }
}

void House::check_nothing_left() {
    require(memory_.taken() == 0, "memory is left");
    std::list<Admission::Ticket> tickets;
    while (admission_.has_place()) tickets.push_back(std::move(*admission_.admit("a")));
    require(tickets.size() == most_clients, "a place is left taken");
    worker_.reset();
    database_.answer_all();  // of whom nobody waits any more
    settle();

    // The last timer.
    std::size_t called = 0;
    bool over = false;
    loop_.call_after(24h, [&over] { over = true; });
    while (!over) called += loop_.run_once();
    require(called == 1, "a timer is left");
    tickets.clear();
    settle();
}

}  // namespace six::full::test
