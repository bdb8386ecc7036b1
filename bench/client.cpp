#include "bench/client.hpp"

#include <string_view>

#include "bench/answer.hpp"

namespace six::bench {

namespace {

/// Counts a client for as long as it lives, on every way out.
class Counted {
  public:
    explicit Counted(int& number) : number_(number) { ++number_; }
    ~Counted() { --number_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

  private:
    int& number_;
};

/// Suspends until the next answer is there. Status 0 if none will come.
Task<Answer> read_answer(AsyncSocket& socket, std::string& received, Errand& errand) {
    while (true) {
        if (auto answer = take_answer(received)) co_return std::move(*answer);
        const std::size_t count = co_await socket.receive(errand.buffer);
        if (count == 0) co_return Answer{};
        received.append(errand.buffer.data(), count);
    }
}

Outcome outcome_of(const Answer& answer) {
    if (answer.status == 0) return Outcome::broken;
    return says_saved(answer) ? Outcome::saved : Outcome::refused;
}

}  // namespace

Errand::Errand(EventLoop& on_loop, ServerAddress at, Duration client_pause,
               std::size_t body_bytes)
    : loop(on_loop), server(std::move(at)), pause(client_pause), body(body_bytes, 'x') {
    head = "POST /items HTTP/1.1\r\nHost: " + server.host +
           "\r\nContent-Type: application/octet-stream\r\nContent-Length: " +
           std::to_string(body.size()) +
           "\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
}

// #region visit
Task<Outcome> visit(Errand& errand) {
    const Counted present{errand.crowd.present};
    Connected connected = co_await connect_to(errand.loop, errand.server);
    if (connected.error == ConnectError::out_of_reach) co_return Outcome::out_of_reach;
    if (!connected.socket) co_return Outcome::refused;
    AsyncSocket& socket = *connected.socket;

    std::string received;
    if (!co_await socket.send_all(errand.head)) co_return Outcome::broken;
    const Answer go_ahead = co_await read_answer(socket, received, errand);
    if (go_ahead.status != 100) co_return outcome_of(go_ahead);

    const auto pause_end = std::chrono::steady_clock::now() + errand.pause;
    // Whoever was answered before that has his answer by now, but perhaps we read it later:
    // sockets are not read in the order in which bytes come. A turn later it is read.
    co_await sleep_for(errand.loop, Duration::zero());
    const Counted in_service{errand.crowd.in_service};
    errand.crowd.most_in_service =
        std::max(errand.crowd.most_in_service, errand.crowd.in_service);
    co_await sleep_until(errand.loop, pause_end);

    if (!co_await socket.send_all(errand.body)) co_return Outcome::broken;
    const Answer answer = co_await read_answer(socket, received, errand);
    co_return outcome_of(answer);
}
// #endregion

}  // namespace six::bench
