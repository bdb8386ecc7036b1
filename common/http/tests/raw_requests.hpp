// What the tables of raw requests are made of. Read next: request_table.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace six::http::raw {

struct RawRequest {
    std::string name;
    std::string bytes;
    /// 200: the parser takes it, and a server too (they ask only for what is there).
    int status;
    std::string path = {};  ///< of a request that is taken
    std::string body = {};
    bool keep_alive = true;
};
using RawRequests = std::vector<RawRequest>;

// --- Pieces -----------------------------------------------------------------------------

inline std::string line(const std::string& request_line) {
    return request_line + "\r\nHost: test\r\n\r\n";
}
inline std::string get(const std::string& fields) {
    return "GET /health HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n\r\n";
}
inline std::string get_without_host(const std::string& fields) {
    return "GET /health HTTP/1.1\r\n" + fields + "\r\n\r\n";
}
inline std::string get_1_0(const std::string& fields) {
    return "GET /health HTTP/1.0\r\n" + fields + "\r\n\r\n";
}
inline std::string post(const std::string& fields, const std::string& body = {}) {
    return "POST /items HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n\r\n" + body;
}
inline std::string chunked(const std::string& chunks) {
    return post("Transfer-Encoding: chunked", chunks);
}
inline std::string letters(std::size_t count) {
    return std::string(count, 'a');
}
inline std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}
/// A request line with a target of so many bytes.
inline std::string long_target(std::size_t bytes) {
    return line("GET /health?" + letters(bytes - 8) + " HTTP/1.1");
}
/// A GET with so many bytes of fields, each field's CR LF among them.
inline std::string long_fields(std::size_t bytes) {
    return get("A: " + letters(bytes - std::string("Host: test\r\nA: \r\n").size()));
}
inline std::string all_bytes() {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    return bytes;
}

}  // namespace six::http::raw
