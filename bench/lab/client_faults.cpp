// What clients do to a server: they are slow, they vanish, they are too many. Read first:
// lab.hpp, subject.hpp. Read next: system_faults.cpp.
#include <functional>
#include <iterator>

#include "bench/lab/subject.hpp"

namespace six::lab {

namespace {

using testing::WaitFailed;
using Clients = std::vector<Client>;

constexpr std::size_t crowd_size = 20;
constexpr std::size_t large_bytes = 8 * 1024 * 1024;  // more than a socket's buffers take
constexpr std::string_view half_a_head = "POST /items HTTP/1.1\r\nHost: l";

std::string half_a_request() {
    return post_head(20) + std::string(10, 'x');
}

Clients crowd(const Subject& subject, std::size_t count, std::string_view request,
              Client::Options options = {}) {
    Clients clients;
    for (std::size_t i = 0; i < count; ++i) {
        clients.emplace_back(subject.address(), options);
        clients.back().send(request);
    }
    return clients;
}

// --- slow ones ---

/// What came to a client that asked for nothing yet, in one word.
std::string fate_of(Client& client, const Deadline& deadline) {
    try {
        client.wait_until_readable(deadline);
    } catch (const WaitFailed&) {
        return "kept";
    }
    try {
        return std::to_string(client.read_response(Deadline(patience)).status);
    } catch (const WaitFailed&) {
        return "cut";
    }
}

/// The word of the one that is kept longest, and how many got the same.
void tell_fates(Clients& slow, Observed& seen) {
    const Deadline deadline(watching);
    std::map<std::string, std::size_t> fates;
    for (Client& client : slow) ++fates[fate_of(client, deadline)];
    seen.fate = fates.contains("kept") ? "kept" : fates.begin()->first;
    seen.fair = seen.fate != "kept";
    for (const auto& [word, count] : fates)
        seen.note += (seen.note.empty() ? "" : ", ") + std::to_string(count) + " of " +
                     std::to_string(slow.size()) + " slow ones: " + word;
}

Observed fall_silent_after(Subject& subject, std::string_view part) {
    Observed seen;
    subject.start(subject.short_deadlines());
    Clients slow = crowd(subject, crowd_size, part);
    subject.ask_others(seen);
    if (*seen.others) tell_fates(slow, seen);
    slow.clear();
    subject.check_recovery(seen);
    return seen;
}

Observed slow_head(Subject& subject) {
    return fall_silent_after(subject, half_a_head);
}

Observed slow_body(Subject& subject) {
    return fall_silent_after(subject, half_a_request());
}

// --- those who don't read ---

/// Starts it with an item that is large, and room for that. Returns the request for it.
std::string start_with_large_item(Subject& subject) {
    std::vector<std::string> options = subject.short_deadlines();
    options.insert(options.end(), {"--max-body", std::to_string(2 * large_bytes)});
    subject.start(options);
    return get(item_path(subject.save(std::string(large_bytes, 'x'))));
}

/// They begin to read now: how many get the whole item after all?
std::size_t served_after_all(Clients& readers) {
    std::size_t served = 0;
    for (Client& reader : readers) try {
            served +=
                reader.read_response(Deadline(2 * patience)).body.size() == large_bytes;
        } catch (const WaitFailed&) {
            // cut off in the middle
        }
    return served;
}

Observed slow_reader(Subject& subject) {
    constexpr std::size_t count = 4;
    Observed seen;
    const std::string request = start_with_large_item(subject);
    Clients readers = crowd(subject, count, request, {.receive_buffer_bytes = 4096});
    subject.ask_others(seen);
    if (*seen.others) {
        (void)subject.all_have_left();  // that is, the server has closed them
        const std::size_t served = served_after_all(readers);
        seen.fair = served == 0;
        seen.fate = seen.fair ? "cut" : "kept";
        seen.note = std::to_string(count - served) + " of " + std::to_string(count) +
                    " who don't read were cut off";
    }
    readers.clear();
    subject.check_recovery(seen);
    return seen;
}

// --- those who end their side ---

Observed half_close(Subject& subject) {
    Observed seen;
    subject.start();
    Client client(subject.address());
    client.send(post("the last word"));
    client.half_close();
    const Answer answer = ask(client, "");
    seen.fair = answer.status == 200;
    seen.fate = seen.fair ? "served" : word_of(answer);
    seen.note = "its answer: " + word_of(answer);
    client.close();
    subject.ask_others(seen);
    subject.check_recovery(seen);
    return seen;
}

Observed reset(Subject& subject) {
    Observed seen;
    const std::string large = start_with_large_item(subject);
    const std::string whole = post("never mind the answer");
    for (const std::string& request :
         {std::string(half_a_head), half_a_request(), whole, large})
        for (Client& client :
             crowd(subject, crowd_size / 4, request, {.receive_buffer_bytes = 4096})) {
            if (request == large) (void)client.read_bytes(1, Deadline(patience));
            client.reset();
        }
    subject.ask_others(seen);
    subject.check_recovery(seen);
    return seen;
}

// --- too many ---

/// Waits until the server has no descriptor left, or as long as that may take.
void wait_until_full(Subject& subject, long limit) {
    const Deadline deadline(watching);
    while (!deadline.over() && subject.process().open_descriptors() < limit)
        testing::pause_between_looks();
}

/// Nobody asks for anything: does it burn the processor all the same?
bool spins(Subject& subject) {
    const auto before = subject.process().cpu_time();
    const Deadline deadline(watching / 4);
    while (!deadline.over()) testing::pause_between_looks();
    const auto after = subject.process().cpu_time();
    return before && after && *after - *before > watching / 8;
}

Observed descriptors(Subject& subject) {
    constexpr std::size_t limit = 64;
    Observed seen;
    subject.start({}, {.in_child = [] { testing::limit_descriptors(limit); }});
    std::optional<Client> guest = subject.guest();
    Clients many = crowd(subject, 2 * limit, "");
    Client last(subject.address());
    last.send(get("/health"));
    wait_until_full(subject, limit - 1);
    seen.spins = spins(subject);
    if (guest) {
        const Answer answer = ask(*guest, post("still here"));
        subject.note(seen, answer, answer.status == 200);
        seen.note = "that is, those who were there before";
    } else {
        subject.ask_others(seen);
    }
    many.clear();
    const Answer answer = ask(last, "", 2 * patience);
    seen.fair = answer.status == 200 || answer.status == 503;
    seen.fate = answer.status == 503 ? "503" : seen.fair ? "held" : "none";
    last.close();
    guest.reset();
    subject.check_recovery(seen);
    return seen;
}

/// The slow ones have all descriptors and don't leave: does anybody else get a turn?
Observed slow_crowd(Subject& subject) {
    constexpr std::size_t limit = 64;
    Observed seen;
    subject.start(subject.short_deadlines(),
                  {.in_child = [] { testing::limit_descriptors(limit); }});
    Clients slow = crowd(subject, limit + limit / 2, half_a_head);
    subject.ask_others(seen, 2 * patience);  // of which a goodbye may take a second
    slow.clear();
    subject.check_recovery(seen);
    return seen;
}

}  // namespace

std::vector<Fault> client_faults() {
    return {
        {"slow-head", "slow heads", "20 clients send half a head and fall silent",
         slow_head},
        {"slow-body", "slow bodies", "20 clients send half a body and fall silent",
         slow_body},
        {"slow-reader", "slow readers", "4 clients ask for 8 MiB each and read nothing",
         slow_reader},
        {"half-close", "half close", "a client ends its side once it has asked",
         half_close},
        {"reset", "resets", "20 clients reset in the head, the body or the answer", reset},
        {"descriptors", "no descriptors", "128 clients, and 64 descriptors for all",
         descriptors},
        {"slow-crowd", "a slow crowd", "96 slow heads, and 64 descriptors for all",
         slow_crowd},
    };
}

}  // namespace six::lab
