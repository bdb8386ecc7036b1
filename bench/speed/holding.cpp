#include "bench/speed/holding.hpp"

#include <cstdlib>
#include <fstream>

#include "bench/speed/matches.hpp"
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

Bytes each(const Bytes& before, const Bytes& after, int connections) {
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

Holding hold(const Contestant& contestant, int connections, const Workshop& workshop) {
    Holding holding;
    holding.key = contestant.key;
    holding.name = contestant.name;
    holding.connections = connections;
    const bool reads_bodies = contestant.is_ours();
    try {
        const RunningServer server(contestant, workshop);
        Clients warm_up(server.address(), warming);
        if (reads_bodies) warm_up.announce_bodies();
        const Bytes before = memory_of(server.pid());
        Clients clients(server.address(), connections);
        holding.idle = each(before, memory_of(server.pid()), connections);
        if (!reads_bodies) return holding;
        clients.announce_bodies();
        holding.body = each(before, memory_of(server.pid()), connections);
    } catch (const std::exception& error) {
        const std::string reason = error.what();
        holding.missing = reason.substr(0, reason.find('\n'));
    }
    return holding;
}

}  // namespace

Bytes memory_of(pid_t process) {
    return {sum_of("/proc/" + std::to_string(process) + "/smaps_rollup", {"Pss"}),
            sum_of("/proc/meminfo", {"Slab", "KernelStack", "PageTables"})};
}

std::vector<Holding> hold_all(const std::vector<Contestant>& contestants, int connections,
                              const Workshop& workshop,
                              const std::function<void(const std::string&)>& tell) {
    std::vector<Holding> all;
    for (const Contestant& contestant : contestants) {
        if (!contestant.is_ours() && contestant.key != "limit") continue;
        if (contestant.only_saves) continue;
        tell("connecting to " + contestant.name);
        all.push_back(hold(contestant, connections, workshop));
    }
    return all;
}

}  // namespace six::speed
