// A full server to be tested from outside, and what its tests ask of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/client.hpp"
#include "common/testing/server_process.hpp"

namespace six::full::test {

/// With its items in memory.
inline testing::ServerProcess start(std::vector<std::string> options) {
    options.insert(options.end(), {"--database", ":memory:"});
    return testing::start_server(SIX_SERVER_PATH, options);
}

inline std::string post_head_of(std::size_t body_bytes) {
    return "POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: " +
           std::to_string(body_bytes) + "\r\n\r\n";
}

inline std::string get(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

/// What the server tells of itself.
inline std::string figures(const testing::ServerProcess& server) {
    testing::Client client(server.address());
    client.send(get("/metrics"));
    return client.read_response().body;
}

/// One of these figures.
inline std::int64_t figure(const std::string& figures, const std::string& name) {
    const auto line = figures.find("\n" + name + " ");
    REQUIRE(line != std::string::npos);
    return std::stoll(figures.substr(line + 2 + name.size()));
}
inline std::int64_t metric(const testing::ServerProcess& server, const std::string& name) {
    return figure(figures(server), name);
}

}  // namespace six::full::test
