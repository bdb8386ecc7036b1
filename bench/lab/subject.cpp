#include "bench/lab/subject.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <string>
#include <system_error>
#include <utility>

#include "common/items/tests/other_connection.hpp"
#include "common/testing/slow_clients.hpp"

namespace six::lab {

using testing::Launch;
using testing::Response;
using testing::WaitFailed;

// --- requests and answers ---

std::string get(std::string_view target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: lab\r\n\r\n";
}

std::string post_head(std::size_t body_bytes, std::string_view fields) {
    return "POST /items HTTP/1.1\r\nHost: lab\r\nContent-Length: " +
           std::to_string(body_bytes) + "\r\n" + std::string(fields) + "\r\n";
}

std::string post(std::string_view body) {
    return post_head(body.size()).append(body);
}

std::string item_path(std::int64_t pk) {
    return "/items/" + std::to_string(pk);
}

namespace {

Milliseconds since(std::chrono::steady_clock::time_point start) {
    return std::chrono::ceil<Milliseconds>(std::chrono::steady_clock::now() - start);
}

}  // namespace

Answer ask(Client& client, std::string_view request, Milliseconds time) try {
    const auto start = std::chrono::steady_clock::now();
    const Deadline deadline(time);
    client.send(request, deadline);
    const Response response = client.read_response(deadline);
    return {response.status, response.body, response.field("Date").value_or(""),
            response.says_close(), since(start)};
} catch (const WaitFailed&) {
    return {};
} catch (const std::system_error&) {
    return {};
}

Answer ask(const testing::Address& server, std::string_view request, Milliseconds time) {
    try {
        Client client(server);
        return ask(client, request, time);
    } catch (const std::runtime_error&) {
        return {};  // not even a connection
    }
}

std::string word_of(const Answer& answer) {
    return answer.status == 0 ? "none" : std::to_string(answer.status);
}

// --- its life ---

namespace {

std::atomic<pid_t> running_server = 0;  // 0: none

}  // namespace

void kill_running_server() {
    const pid_t server = running_server;
    if (server > 0) ::kill(-server, SIGKILL);
}

Subject::Subject(Server server) : server_(std::move(server)) {}

Subject::~Subject() {
    running_server = 0;
}

void Subject::start(std::vector<std::string> options, Launch how) {
    how_ = std::move(how);
    options_ = server_.options;
    options_.insert(options_.end(), options.begin(), options.end());
    restart();
    descriptors_ = process_->open_descriptors();
}

void Subject::restart() {
    Launch launch = how_;
    launch.program = server_.program;
    launch.arguments = options_;
    launch.arguments.insert(launch.arguments.end(), {"--database", database_});
    running_server = 0;
    process_.reset();
    process_.emplace(testing::start_server(std::move(launch)));
    running_server = process_->pid();
}

void Subject::restart_on(const std::string& database) {
    database_ = database;
    how_ = {};
    restart();
}

void Subject::kill() {
    process_->signal(SIGKILL);
    process_->wait_for_exit();
}

bool Subject::supports(const std::string& option) {
    if (!help_) {
        testing::ServerProcess help{Launch{server_.program, {"--help"}, {}, {}}};
        help.wait_for_exit();
        help_ = help.stdout_text();
    }
    return help_->find(option + " ") != std::string::npos;
}

std::vector<std::string> Subject::short_deadlines() {
    std::vector<std::string> result;
    for (const char* option : {"--head-timeout", "--body-timeout", "--write-timeout"})
        if (supports(option)) result.insert(result.end(), {option, "0.3"});
    return result;
}

// --- healthy clients ---

std::optional<Client> Subject::guest() {
    Client client(address());
    const Answer answer = ask(client, get("/health"));
    if (answer.status != 200) throw WaitFailed("a healthy server did not answer");
    if (answer.closes) return std::nullopt;
    return client;
}

std::int64_t Subject::save(std::string_view body) {
    const Answer answer = ask(address(), post(body), 4 * patience);
    if (answer.status != 200) throw WaitFailed("an item was not saved: " + word_of(answer));
    return testing::pk_in(answer.body);
}

void Subject::note(Observed& seen, const Answer& answer, bool right) const {
    seen.others = seen.others.value_or(true) && right;
    if (right) seen.slowest = std::max(seen.slowest, answer.took);
}

bool Subject::round_trip(Observed& seen, Milliseconds time) {
    const std::string body = "healthy item " + std::to_string(++asked_);
    const Answer saved = ask(address(), post(body), time);
    if (saved.status != 200) return false;
    const Answer found = ask(address(), get(item_path(testing::pk_in(saved.body))), time);
    seen.slowest = std::max({seen.slowest, saved.took, found.took});
    return found.status == 200 && found.body == body;
}

void Subject::ask_others(Observed& seen, Milliseconds time) {
    const bool right = round_trip(seen, time);
    if (!right) seen.waited = time;
    seen.others = seen.others.value_or(true) && right;
}

void Subject::others_read(std::int64_t pk, Observed& seen) {
    const Answer answer = ask(address(), get(item_path(pk)));
    note(seen, answer, answer.status == 200);
}

// --- what is left ---

void Subject::check_saved(const Saved& saved, Observed& seen) {
    seen.stores = true;
    seen.acknowledged = saved.size();
    for (const auto& [pk, body] : saved)
        if (ask(address(), get(item_path(pk))).body != body) ++seen.lost;
    seen.whole = testing::OtherConnection{database_}.run("PRAGMA integrity_check") == "ok";
}

bool Subject::all_have_left() {
    const auto left = [&] { return process_->open_descriptors() <= descriptors_; };
    const Deadline deadline(watching);
    while (descriptors_ && !left() && !deadline.over()) testing::pause_between_looks();
    return !descriptors_ || left();
}

void Subject::check_recovery(Observed& seen) {
    Observed after;
    seen.recovers = round_trip(after);
    seen.alive = running();
    seen.leaks = seen.alive && !all_have_left();
}

}  // namespace six::lab
