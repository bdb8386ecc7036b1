#include "bench/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/numbers.hpp"

namespace six::bench {

using namespace std::chrono_literals;

namespace {

std::size_t rounded(double number) {
    return static_cast<std::size_t>(std::lround(number));
}

}  // namespace

Seconds Load::ramp() const {
    return loop == Loop::open ? pause : std::max(pause, Seconds(0.2));
}

std::size_t Load::arrivals() const {
    if (loop == Loop::closed) return static_cast<std::size_t>(clients);
    return rounded(steady_end().count() * rate);
}

std::size_t Load::counted() const {
    if (loop == Loop::closed) return static_cast<std::size_t>(clients);
    return rounded(window.count() * rate);
}

Seconds Load::arrival(std::size_t index) const {
    const double number = static_cast<double>(index);
    return loop == Loop::closed ? ramp() * (number / clients) : Seconds(number / rate);
}

Load small_load() {
    Load load;
    load.name = "small";
    load.clients = 400;
    load.pause = 1s;
    load.rate = 400;
    load.window = 3s;
    return load;
}

Load large_load() {
    Load load;
    load.name = "large";
    load.clients = 5'000;
    load.pause = 5s;
    load.rate = 1'000;
    load.window = 3s;
    return load;
}

Load quick(Load load) {
    load.clients /= 10;
    load.pause /= 10;
    load.window = 0.3s;
    load.patience = 0.2s;
    return load;
}

Fitted fit(Load load, const Allowed& allowed) {
    // In an open loop each connection needs a port of its own for the whole run; in a
    // closed one it isn't known how many there will be.
    const std::size_t most = load.loop == Load::Loop::open
                                 ? std::min(allowed.sockets, allowed.ports)
                                 : allowed.sockets;
    if (load.sockets() <= most) return {std::move(load), std::nullopt};

    const int wanted = load.clients;
    const double part = static_cast<double>(most) / static_cast<double>(load.sockets());
    load.clients = std::max(1, static_cast<int>(load.clients * part));
    load.rate *= part;
    const bool by_ports = allowed.ports < allowed.sockets;
    return {load,
            fmt::format("this machine allows {} {}: {} clients at a time instead of {}",
                        grouped(static_cast<double>(most)),
                        by_ports ? "local ports" : "open sockets", grouped(load.clients),
                        grouped(wanted))};
}

}  // namespace six::bench
