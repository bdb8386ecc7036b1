// The same steps in Asio's coroutines, for comparison. Read first: price.cpp. Asio recycles
// frames, too.
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "bench/speed/price/measure.hpp"

namespace six::price {

namespace {

constexpr int many = 1'000;

[[gnu::noinline]] asio::awaitable<int> child(int number) {
    co_return number + 1;
}
asio::awaitable<void> await_many() {
    int number = 0;
    for (int i = 0; i < many; ++i) number = co_await child(number);
    escape(&number);
}

asio::awaitable<void> travel(int trips) {
    const auto executor = co_await asio::this_coro::executor;
    for (int i = 0; i < trips; ++i) co_await asio::post(executor, asio::use_awaitable);
}

}  // namespace

}  // namespace six::price

int main(int argc, char** argv) {
    using namespace six::price;
    const auto time = time_from(argc, argv);
    stay_on_this_core();
    asio::io_context context(1);  // one thread: it needs no locks
    measure("Asio: a child awaited", time, many, [&] {
        asio::co_spawn(context, await_many(), asio::detached);
        context.restart();
        context.run();
    });
    constexpr int trips = 100;
    measure("Asio: a trip by asio::post", time, many * trips, [&] {
        for (int i = 0; i < many; ++i)
            asio::co_spawn(context, travel(trips), asio::detached);
        context.restart();
        context.run();
    });
}
