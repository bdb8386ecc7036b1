#include "bench/speed/holding.hpp"

#include <cstdlib>
#include <fstream>

#include "bench/speed/matches.hpp"
#include "bench/speed/statistics.hpp"
#include "common/testing/client.hpp"

namespace six::speed {

namespace {

constexpr int warming = 64;

/// The sum of these fields of a file of /proc ("Slab:    12345 kB"), in bytes.
double sum_of(const std::string& file, const std::vector<std::string>& names) {
    std::ifstream lines(file);
    double bytes = 0;
    for (std::string line; std::getline(lines, line);)
        for (const std::string& name : names)
            if (line.starts_with(name + ":"))
                bytes += 1024 * std::strtod(line.c_str() + name.size() + 1, nullptr);
    return bytes;
}

Memory each(const Memory& before, const Memory& after, int connections) {
    return {(after.user - before.user) / connections,
            (after.kernel - before.kernel) / connections};
}

/// Connections on each of which a request was answered.
class Clients {
  public:
    Clients(const testing::Address& server, int count) {
        for (int i = 0; i < count; ++i) {
            clients_.emplace_back(server);
            clients_.back().send(health_request());
            if (clients_.back().read_response().status != 200)
                throw std::runtime_error("it doesn't answer with 200");
        }
    }
    /// Afterwards the server waits for a body on each of them.
    void announce_bodies() {
        for (testing::Client& client : clients_)
            client.send(
                "POST /items HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200\r\n"
                "Expect: 100-continue\r\n\r\n");
        for (testing::Client& client : clients_) client.read_continue();
    }

  private:
    std::vector<testing::Client> clients_;
};

/// A server, and what its rounds gave in bytes of each connection.
struct Held {
    const Contestant& contestant;
    Holding holding;
    std::vector<double> idle_user, idle_kernel, body_user, body_kernel;
};

void hold(Held& held, const Workshop& workshop) {
    const int connections = held.holding.connections;
    const bool reads_bodies = held.contestant.is_ours();
    const RunningServer server(held.contestant, workshop);
    Clients warm_up(server.address(), warming);
    if (reads_bodies) warm_up.announce_bodies();
    const Memory before = memory_of(server.pid());
    Clients clients(server.address(), connections);
    const Memory idle = each(before, memory_of(server.pid()), connections);
    held.idle_user.push_back(idle.user);
    held.idle_kernel.push_back(idle.kernel);
    if (!reads_bodies) return;
    clients.announce_bodies();
    const Memory body = each(before, memory_of(server.pid()), connections);
    held.body_user.push_back(body.user);
    held.body_kernel.push_back(body.kernel);
}

void try_to_hold(Held& held, const Workshop& workshop) try {
    if (held.holding.missing.empty()) hold(held, workshop);
} catch (const std::exception& error) {
    const std::string reason = error.what();
    held.holding.missing = reason.substr(0, reason.find('\n'));
}

/// With its figures.
Holding finished(const Held& held) {
    Holding holding = held.holding;
    holding.idle = {quartiles_of(held.idle_user), quartiles_of(held.idle_kernel)};
    if (!held.body_user.empty())
        holding.body = {quartiles_of(held.body_user), quartiles_of(held.body_kernel)};
    return holding;
}

}  // namespace

Memory memory_of(pid_t process) {
    return {sum_of("/proc/" + std::to_string(process) + "/smaps_rollup", {"Pss"}),
            sum_of("/proc/meminfo", {"Slab", "KernelStack", "PageTables"})};
}

std::vector<Holding> hold_all(const std::vector<Contestant>& contestants, int connections,
                              const Workshop& workshop, const Pace& pace) {
    std::vector<Held> all;
    for (const Contestant& contestant : contestants) {
        const bool is_asked = contestant.is_ours() || contestant.key == "limit";
        if (!is_asked || contestant.only_saves) continue;
        const Holding holding{contestant.key, contestant.name, "", connections, {}, {}};
        all.push_back({contestant, holding, {}, {}, {}, {}});
    }
    for (int round = 1; round <= pace.wanted.rounds; ++round)
        for (Held& held : all) {
            pace.tell("connecting to " + held.contestant.name + ", round " +
                      std::to_string(round));
            try_to_hold(held, workshop);
        }
    std::vector<Holding> holdings;
    for (const Held& held : all) holdings.push_back(finished(held));
    return holdings;
}

}  // namespace six::speed
