// Results as they might have been measured, for the tests of what is made of them.
#pragma once

#include "bench/results.hpp"

namespace six::bench {

/// A server that served nobody but one at a time.
inline Result one_at_a_time() {
    Result server;
    server.name = "01 blocking";
    server.command = "01_blocking";
    server.counted = 3'000;
    server.served = 1;
    server.at_once = 1;
    server.requests_per_second = 1.0 / 3;
    server.latency = {{50, std::nullopt}, {99, std::nullopt}};
    server.threads = 1;
    server.idle = {5'000, 1'000, 60, 16};
    server.peak = {5'000, 1'000, 64, 16};
    server.cpu_ms_per_request = 0.4;
    server.shares = Shares{99.8, 0.15, 0.05};
    return server;
}

/// A server with a thread for each of 5,000 clients.
inline Result thread_each() {
    Result server = one_at_a_time();
    server.name = "02 threads";
    server.command = "02_threads --model thread-per-connection";
    server.served = 3'000;
    server.at_once = 5'000;
    server.requests_per_second = 1'000;
    server.latency = {{50, 1.25}, {99, 1'234}};
    server.lateness_ms = 0.4;
    server.threads = 5'001;
    server.peak = {70'000, 65'000, 20'060, 80'016};
    server.cpu_share = 0.31;
    server.others_share = 0.02;
    server.moments = {{Seconds(0.1), 100, 3, 0, 101, 9'000.5},
                      {Seconds(5), 5'000, 0, 1, 5'001, 170'076}};
    return server;
}

inline Result missing() {
    Result server;
    server.name = "03 callbacks";
    server.command = "03_callbacks";
    server.failure = "there is no program /tmp/03_callbacks";
    return server;
}

inline Results some_results() {
    Results results;
    results.command = "ladder --load large";
    results.machine = {"2024-05-31", "A <CPU> & \"more\"", 2, 23.5, "Linux", "g++", 16};
    results.notes = {"this machine allows fewer </script><!-- clients"};
    results.loads = {{large_load(), {one_at_a_time(), thread_each(), missing()}}};
    return results;
}

}  // namespace six::bench
