#include "common/testing/contract.hpp"

#include <algorithm>
#include <csignal>
#include <random>
#include <sstream>

#include "common/testing/slow_clients.hpp"

namespace six::testing {

namespace {

/// Looks: does the answer to a client that would go on say `Connection: close`?
bool look_whether_it_keeps_alive() {
    const Server server;
    Client client = server.connect();
    client.send(get("/health"));
    return !client.read_response().says_close();
}

}  // namespace

bool server_keeps_alive() {
    if (!subject().keeps_alive) subject().keeps_alive = look_whether_it_keeps_alive();
    return *subject().keeps_alive;
}

// --- Server ---

Server::Server(std::vector<std::string> more_options)
    : Server(std::move(more_options), {}) {}

Server::Server(std::vector<std::string> more_options, Launch how)
    : options_(std::move(more_options)), how_(std::move(how)) {
    const auto given = std::ranges::find(options_, "--database");
    if (given == options_.end())
        options_.insert(options_.end(), {"--database", database_});
    else
        database_ = *std::next(given);
    if (!subject().running) start();
}

void Server::start() {
    Launch launch = how_;  // a new one for each start
    if (launch.program.empty()) launch.program = subject().program;
    std::vector<std::string>& arguments = launch.arguments;
    arguments.insert(arguments.end(), subject().options.begin(), subject().options.end());
    arguments.insert(arguments.end(), options_.begin(), options_.end());
    process_.emplace(start_server(launch));
    asked_to_end_ = false;
}

Server::~Server() {
    if (!process_ || !process_->running()) return;
    if (!asked_to_end_) process_->signal(SIGTERM);  // a second signal would not be graceful
    try {
        const Exit exit = process_->wait_for_exit();
        INFO("on the server's stderr: " << process_->stderr_text());
        CHECK(exit == Exit{0});
    } catch (const WaitFailed& failure) {
        FAIL_CHECK(failure.what());
    }
}

const Address& Server::address() const {
    return process_ ? process_->address() : *subject().running;
}

void Server::signal(int number) {
    asked_to_end_ = true;
    process_->signal(number);
}

void Server::kill() {
    signal(SIGKILL);
    process_->wait_for_exit();
}

void Server::restart() {
    process_.reset();
    start();
}

// --- requests, as text ---

std::string request(std::string_view method, std::string_view target,
                    std::string_view fields) {
    std::string text;
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
    return text.append(fields).append("\r\n");
}

std::string get(std::string_view target) {
    return request("GET", target);
}

std::string post_head(std::size_t content_length, std::string_view fields) {
    const std::string length = "Content-Length: " + std::to_string(content_length) + "\r\n";
    return request("POST", "/items", length + std::string(fields));
}

std::string post(std::string_view body, std::string_view fields) {
    return post_head(body.size(), fields).append(body);
}

std::string post_chunked(std::string_view body, const std::vector<std::size_t>& sizes) {
    std::string text = request("POST", "/items", "Transfer-Encoding: chunked\r\n");
    for (std::size_t index = 0; !body.empty(); ++index) {
        const std::string_view chunk =
            body.substr(0, sizes.at(std::min(index, sizes.size() - 1)));
        std::ostringstream size;
        size << std::hex << chunk.size();
        text.append(size.str()).append("\r\n").append(chunk).append("\r\n");
        body.remove_prefix(chunk.size());
    }
    return text.append("0\r\n\r\n");
}

std::string bytes_of_all_values(std::size_t size, unsigned seed) {
    std::mt19937 numbers(seed);
    std::string bytes(size, '\0');
    std::ranges::generate(bytes, [&] { return static_cast<char>(numbers() & 0xff); });
    for (std::size_t value = 0; value < std::min<std::size_t>(size, 256); ++value)
        bytes[value] = static_cast<char>(value);
    return bytes;
}

std::string item_path(std::int64_t pk) {
    return "/items/" + std::to_string(pk);
}

// --- exchanges ---

Response ask(const Server& server, std::string_view whole_request) {
    Client client = server.connect();
    client.send(whole_request);
    return client.read_response();
}

std::int64_t save(const Server& server, std::string_view body) {
    const Response response = ask(server, post(body));
    REQUIRE(response.status == 200);
    CHECK(response.field("Content-Type") == "application/json");
    return pk_in(response.body);
}

std::optional<std::string> find(const Server& server, std::int64_t pk) {
    const Response response = ask(server, get(item_path(pk)));
    if (response.status == 404) return std::nullopt;
    REQUIRE(response.status == 200);
    CHECK(response.field("Content-Type") == "application/octet-stream");
    return response.body;
}

void check_alive(const Server& server) {
    const Response response = ask(server, get("/health"));
    CHECK(response.status == 200);
}

void check_error(const Response& response, int status) {
    INFO("the body: " << response.body);
    CHECK(response.status == status);
    CHECK(response.field("Content-Type") == "application/json");
    CHECK(response.body.starts_with("{\"error\":"));
    CHECK(response.body.ends_with("\"}"));
    CHECK(response.body.size() > std::string_view("{\"error\": \"\"}").size());
}

}  // namespace six::testing
