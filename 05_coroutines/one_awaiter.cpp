// co_await with a single awaiter, and nothing else: two requests are served by one thread,
// and the second overtakes the first. Run it: `./course run 05 one_awaiter`.
// Read before: 04_event_loop/event_loop.hpp. Read next: task.hpp, which does this properly.
#include <sys/socket.h>

#include <array>
#include <coroutine>
#include <cstdio>
#include <exception>
#include <string>

#include "01_blocking/socket.hpp"
#include "04_event_loop/event_loop.hpp"
#include "04_event_loop/nonblocking.hpp"

using namespace six;

// #region fire-and-forget
/// A coroutine that nobody awaits: it starts at once, and is freed when it has ended.
struct FireAndForget {
    struct promise_type {
        FireAndForget get_return_object() { return {}; }
        std::suspend_never initial_suspend() { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};
// #endregion

// #region readable
/// `co_await Readable{loop, fd}`: the loop resumes us when there is something to read.
struct Readable {
    EventLoop& loop;
    int fd;

    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> us) {
        loop.when_readable(fd, [us] { us.resume(); });
    }
    void await_resume() {}
};
// #endregion

int lines_said = 0;
void say(const std::string& line) {
    std::puts(line.c_str());
    ++lines_said;
}

// #region serve
FireAndForget serve(EventLoop& loop, std::string name, int client) {
    std::array<char, 100> buffer;
    while (try_receive(client, buffer).status == IoResult::Status::would_block)
        co_await Readable{loop, client};
    say(name + ": has sent its head, waits");

    while (try_receive(client, buffer).status == IoResult::Status::would_block)
        co_await Readable{loop, client};
    say(name + ": has sent its body, done");
}
// #endregion

/// What is sent at one end is received at the other; no network is needed.
struct Connection {
    Connection() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) std::terminate();
        server = UniqueFd{ends[0]};
        client = UniqueFd{ends[1]};
        set_mode(server.get(), Mode::non_blocking);
    }
    UniqueFd server, client;
};

int main() {
    EventLoop loop;
    Connection first, second;
    for (const Connection* each : {&first, &second}) loop.watch(each->server.get());
    serve(loop, "first", first.server.get());
    serve(loop, "second", second.server.get());

    // Each sends when the server has told what came of the one before.
    int lines_expected = 0;
    for (const Connection* sender : {&first, &second, &second, &first}) {
        if (!send_all(sender->client.get(), "x")) return 1;
        ++lines_expected;
        while (lines_said < lines_expected) loop.run_once();
    }
    for (const Connection* each : {&first, &second}) loop.forget(each->server.get());
}
