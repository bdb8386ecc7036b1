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

/// A figure of `GET /metrics`.
inline std::int64_t metric(const testing::ServerProcess& server, const std::string& name) {
    testing::Client client(server.address());
    client.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
    const std::string page = client.read_response().body;
    const auto line = page.find("\n" + name + " ");
    REQUIRE(line != std::string::npos);
    return std::stoll(page.substr(line + 1 + name.size()));
}

}  // namespace six::full::test
