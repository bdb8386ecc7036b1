#include "bench/play_session.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <system_error>

#include "bench/play_observe.hpp"
#include "bench/play_signals.hpp"

namespace six::play {

namespace {

using std::chrono::steady_clock;
using testing::Client;
using testing::Deadline;

constexpr std::array names{"01_blocking",   "02_threads",    "03_callbacks",
                           "04_event_loop", "05_coroutines", "06_full_server"};

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

testing::ServerProcess start(const std::string& name, const std::filesystem::path& folder,
                             std::vector<std::string> arguments) {
    const std::filesystem::path program = folder / name;
    if (::access(program.c_str(), X_OK) != 0)
        throw ServerFailed("there is no server " + program.string() + ": build it first");
    arguments.insert(arguments.begin(), {"--port", "0"});
    testing::ServerProcess process{{program.string(), std::move(arguments)}};
    try {
        process.wait_until_listening();
    } catch (const testing::WaitFailed&) {
        const std::string why = first_line(process.stderr_text());
        throw ServerFailed(name + " does not listen" + (why.empty() ? "" : ": " + why));
    }
    return process;
}

std::vector<std::string> with_database(const std::string& file,
                                       const std::vector<std::string>& options) {
    std::vector<std::string> all{"--database", file};
    all.insert(all.end(), options.begin(), options.end());
    return all;
}

}  // namespace

Server find_server(const std::string& number) {
    for (const std::string name : names)
        if (name.starts_with(number + "_")) return {number, name};
    throw std::invalid_argument("there is no chapter " + number + ", only 01 to 06");
}

std::string request_body(Who who) {
    return std::string("hello from the ") + name(who) + " client";
}

std::string request_head(Who who) {
    // "close", so that an answered client doesn't keep a thread for its next request.
    return "POST /items HTTP/1.1\r\nHost: play\r\nConnection: close\r\nContent-Length: " +
           std::to_string(request_body(who).size()) + "\r\n\r\n";
}

Session::Session(Server server, const std::filesystem::path& folder,
                 const std::vector<std::string>& options)
    : server_(std::move(server)),
      process_(start(server_.name, folder,
                     with_database(directory_.file("items.db"), options))) {}

std::optional<Client>& Session::client(Who who) {
    return clients_[who == Who::first ? 0 : 1];
}

void Session::press(Who who) {
    if (!started_) started_ = steady_clock::now();
    try {
        send_next(who);
    } catch (const std::exception& error) {  // no connection, or a broken one
        round_.reached({who, Stage::lost, now(), first_line(error.what())});
        client(who).reset();
    }
}

void Session::send_next(Who who) {
    switch (round_.stage(who)) {
        case Stage::absent:
            client(who).emplace(process_.address());
            client(who)->send(request_head(who));
            round_.reached({who, Stage::head_sent, now()});
            break;
        case Stage::head_sent:
            client(who)->send(request_body(who));
            round_.reached({who, Stage::body_sent, now()});
            break;
        default: break;  // there is nothing more to send
    }
}

void Session::take_news() {
    check_server();
    for (const Who who : both)
        if (client(who) && client(who)->has_news()) take_answer(who);
}

void Session::take_answer(Who who) {
    try {
        const testing::Response response = client(who)->read_response();
        const std::string status =
            response.status == 200 ? "" : std::to_string(response.status) + " ";
        round_.reached({who, Stage::answered, now(), status + first_line(response.body)});
    } catch (const std::exception& error) {
        round_.reached({who, Stage::lost, now(), first_line(error.what())});
    }
    client(who).reset();  // closed: the server's thread, if it has one, is free again
}

bool Session::settle(std::chrono::milliseconds time) {
    const Deadline deadline{time};
    while (true) {
        look();
        const Look before = round_.look();
        take_news();
        look();
        if (at_rest(before, round_)) return true;
        if (!round_.look().shows_calls || deadline.over()) return false;
        testing::pause_between_looks();
    }
}

bool Session::wait_for_answer(Who who) {
    const Deadline deadline;
    while (round_.stage(who) < Stage::answered && !deadline.over()) {
        take_news();
        testing::pause_between_looks();
    }
    return round_.stage(who) == Stage::answered;
}

void Session::look() {
    const auto socket = [](const std::optional<Client>& client) {
        return client ? client->fd() : -1;
    };
    round_.looked(look_at(process_.pid(), {socket(clients_[0]), socket(clients_[1])}));
}

void Session::check_server() {
    if (const int signal = end_signal(); signal != 0) throw Interrupted{signal};
    siginfo_t info{};
    // WNOWAIT: its owner reaps it.
    const int result = ::waitid(P_PID, static_cast<id_t>(process_.pid()), &info,
                                WEXITED | WNOHANG | WNOWAIT);
    if (result != 0 || info.si_pid == 0) return;
    std::ostringstream message;
    message << server_.name << " has gone: " << process_.wait_for_exit();
    const std::string why = first_line(process_.stderr_text());
    throw ServerFailed(message.str() + (why.empty() ? "" : ": " + why));
}

void Session::new_round() {
    for (auto& client : clients_) client.reset();
    round_ = Round{};
    started_.reset();
    ++round_number_;
}

Time Session::now() const {
    if (!started_) return Time{0};
    if (round_.over()) return round_.history().back().at;
    return std::chrono::duration_cast<Time>(steady_clock::now() - *started_);
}

std::vector<int> Session::descriptors() const {
    std::vector<int> result;
    for (const auto& client : clients_)
        if (client) result.push_back(client->fd());
    return result;
}

}  // namespace six::play
