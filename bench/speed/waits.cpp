#include "bench/speed/waits.hpp"

#include <algorithm>
#include <bit>

#include "bench/numbers.hpp"

namespace six::speed {

using namespace std::chrono_literals;

namespace {

/// In powers of two from 1,024: as one would choose it.
unsigned threads_for(int connections) {
    constexpr unsigned most = 10'000;  // that 02 starts
    return std::min(most, std::max(1024u, std::bit_ceil(unsigned(connections))));
}

}  // namespace

Question hesitant_post() {
    const std::string request = post_request();
    const std::size_t head_bytes = request.find("\r\n\r\n") + 4;
    return {request.substr(0, head_bytes), 50ms, request.substr(head_bytes)};
}

std::vector<Contestant> waiters_among(const std::vector<Contestant>& contestants,
                                      int connections) {
    std::vector<Contestant> waiters;
    for (Contestant one : contestants) {
        if (one.key != "limit" && one.key != "02" && one.key != "05" && one.key != "06" &&
            one.key != "06_loop")
            continue;
        std::replace(one.arguments.begin(), one.arguments.end(), std::string("{database}"),
                     std::string(":memory:"));
        if (one.key == "05")  // nothing blocks: no thread needs to wait for it
            one.arguments.insert(one.arguments.end(), {"--save-on", "loop"});
        if (one.key == "02") {
            const unsigned threads = threads_for(connections);
            one.name = "02, " + bench::grouped(threads) + " threads";
            one.arguments = {"--model",    "pool",    "--threads", std::to_string(threads),
                             "--database", ":memory:"};
        }
        waiters.push_back(std::move(one));
    }
    return waiters;
}

Match play_waits(const std::vector<Contestant>& contestants, int connections,
                 const Workshop& workshop, const Pace& pace) {
    return play_match(waiters_among(contestants, connections), connections,
                      {"waits", hesitant_post(), "02"}, workshop, pace);
}

}  // namespace six::speed
