#include "common/testing/slow_clients.hpp"

#include <charconv>

namespace six::testing {

namespace {

std::string ask_for_item(std::int64_t pk) {
    return "GET /items/" + std::to_string(pk) +
           " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
}

/// Reads the answer to `ask_for_item`: was the item there?
bool item_is_there(Client& client) {
    const int status = client.read_response().status;
    if (status != 200 && status != 404)
        throw WaitFailed("asked for an item, and the answer was " + std::to_string(status));
    return status == 200;
}

}  // namespace

SlowClients::SlowClients(const Address& server, std::size_t count) {
    allow_descriptors(count);
    clients_.reserve(count);
    while (clients_.size() < count) connect(server);
}

SlowClients SlowClients::in_service(const Address& server, std::size_t count) {
    allow_descriptors(count);
    SlowClients all;
    while (all.size() < count) {
        all.connect(server);
        if (all.size() % room_in_line == 0) all.wait_until_in_service();
    }
    all.wait_until_in_service();
    return all;
}

void SlowClients::connect(const Address& server) {
    const std::size_t body_bytes = body(clients_.size()).size();
    clients_.push_back({Client{server}});
    clients_.back().connection.send(
        "POST /items HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
        "Expect: 100-continue\r\nContent-Length: " +
        std::to_string(body_bytes) + "\r\n\r\n");
}

std::string SlowClients::body(std::size_t index) {
    return "from slow client " + std::to_string(index);
}

void SlowClients::wait_until_in_service(std::size_t count) {
    for (std::size_t index = 0; index < count; ++index) {
        SlowClient& client = clients_.at(index);
        if (!client.in_service) client.connection.read_continue();
        client.in_service = true;
    }
}

bool SlowClients::any_answered() {
    for (SlowClient& client : clients_)
        if (client.in_service && !client.released && client.connection.has_news())
            return true;
    return false;
}

void SlowClients::send_body(std::size_t index) {
    SlowClient& client = clients_.at(index);
    if (client.released) return;
    client.connection.send(body(index));
    client.released = true;
}

std::string SlowClients::read_answer(std::size_t index) {
    SlowClient& client = clients_.at(index);
    if (client.status != 0) return {};
    const Response response = client.connection.read_response();
    client.status = response.status;
    return response.body;
}

std::int64_t SlowClients::release(std::size_t index) {
    send_body(index);
    const std::string answer = read_answer(index);
    if (clients_.at(index).status != 200)
        throw WaitFailed("slow client " + std::to_string(index) +
                         " was released, and got " +
                         std::to_string(clients_.at(index).status));
    return pk_in(answer);
}

std::size_t SlowClients::release_all() {
    for (std::size_t index = 0; index < size(); ++index) send_body(index);
    std::size_t served = 0;
    for (std::size_t index = 0; index < size(); ++index) {
        read_answer(index);
        if (clients_.at(index).status == 200) ++served;
    }
    return served;
}

bool answered_before_release(const Address& server, std::int64_t next_pk) {
    return !WaitingClient(server, next_pk).answered_after_release();
}

WaitingClient::WaitingClient(const Address& server, std::int64_t next_pk)
    : connection_(server) {
    connection_.send(ask_for_item(next_pk));
}

bool WaitingClient::answered_after_release() {
    return item_is_there(connection_);
}

std::int64_t pk_in(const std::string& json) {
    constexpr std::string_view name = "\"pk\":";
    const std::size_t at = json.find(name);
    std::int64_t pk = 0;
    if (at != std::string::npos) {
        const std::size_t digits = json.find_first_not_of(' ', at + name.size());
        const char* const last = json.data() + json.size();
        const auto [end, error] =
            std::from_chars(json.data() + std::min(digits, json.size()), last, pk);
        if (error == std::errc{} && std::string_view(end, last) == "}" && pk > 0) return pk;
    }
    throw WaitFailed("this is no {\"pk\": N}: " + json);
}

}  // namespace six::testing
