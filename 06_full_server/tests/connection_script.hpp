// Bytes as a script for a worker and its clients: who sends what, who leaves, what the
// database does, how time passes. For the fuzzer, which invents the bytes
// (fuzz/connection.cpp), and for a test, which has a corpus of them. Read first:
// scripted_house.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "06_full_server/tests/scripted_house.hpp"

namespace six::full::test {

inline constexpr std::array<std::string_view, 40> words{
    "GET /health HTTP/1.1\r\nHost: t\r\n\r\n",
    "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello",
    "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n",
    "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: 2048\r\n\r\n",
    "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: 16384\r\n\r\n",  // an upload
    "POST /items HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999\r\n\r\n",
    "POST /nothing HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello",
    "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: x\r\n\r\n",
    "GET /items/1 HTTP/1.1\r\nHost: t\r\n\r\n",
    "GET /items/2 HTTP/1.1\r\nHost: t\r\n\r\n",  // a large one
    "HEAD /items/2 HTTP/1.1\r\nHost: t\r\n\r\n",
    "GET /items/99 HTTP/1.1\r\nHost: t\r\n\r\n",
    "GET /items/3 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
    "HEAD /health HTTP/1.1\r\nHost: t\r\n\r\n",
    "GET /metrics HTTP/1.1\r\nHost: t\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n",
    "GET /health HTTP/1.0\r\n\r\n",
    "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "POST /items HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
    "BREW / HTTP/1.1\r\nHost: t\r\n\r\n",
    "GET /items/2 HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n",
    "GET ",
    "HEAD ",
    "POST ",
    "/items HTTP/1.1\r\nHost: t\r\n",
    "/items/1 HTTP/1.1\r\nHost: t\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Content-Length: 5\r\n",
    "Expect: 100-continue\r\n",
    "Connection: close\r\n",
    "\r\n",
    "hello",
    "5\r\nhello\r\n",
    "400\r\n",
    "0\r\n\r\n",
    "0\r\nA: 1\r\n\r\n",
    "\n",
    "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: 30000\r\n\r\n",
};

class ConnectionScript {
  public:
    explicit ConnectionScript(std::string_view script) : script_(script) {}

    /// Throws std::logic_error: see House::end.
    void play() {
        const std::uint8_t setup = next();
        House house{{(setup & 1) != 0, (setup & 2) != 0, (setup & 4) != 0, (setup & 8) != 0,
                     (setup & 16) != 0}};
        while (!script_.empty()) step(house);
        house.end();
    }

  private:
    /// One byte says what happens; some take more. With the highest bit, the next step
    /// comes before the server sees this one.
    void step(House& house) {
        const std::uint8_t code = next();
        switch (code & 15) {
            case 0:
            case 1:
            case 2: house.client().send(words[next() % words.size()]); break;
            case 3: house.client().send(some()); break;
            case 4: house.client().send(std::string(next() * 128u, 'x')); break;
            case 5: house.client().shut_down_sending(); break;
            case 6: house.client().leave(); break;
            case 7: house.client().read(next() * 64u + 1); break;
            case 8: house.let_pass(next() * std::chrono::milliseconds(20)); break;
            case 9: house.database().answer_oldest(); break;
            case 10: house.database().answer_newest(); break;
            case 11: house.database().fail_oldest(); break;
            case 12:
                house.database().mood = static_cast<ScriptedDatabase::Mood>(next() % 3);
                break;
            case 13: house.connect(); break;
            case 14: house.turn_to(next()); break;
            case 15: house.drain(); break;
        }
        if (code < 128) house.settle();
    }

    std::uint8_t next() {
        if (script_.empty()) return 0;
        const auto byte = static_cast<std::uint8_t>(script_.front());
        script_.remove_prefix(1);
        return byte;
    }
    std::string_view some() {
        const std::size_t size = next();
        const std::string_view bytes = script_.substr(0, size);
        script_.remove_prefix(bytes.size());
        return bytes;
    }

    std::string_view script_;
};

}  // namespace six::full::test
