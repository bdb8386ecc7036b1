// The only file here that includes the JSON library: it costs seconds to compile.
#include <nlohmann/json.hpp>

#include "bench/speed/results.hpp"

namespace six::speed {

namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json json_of(const Quartiles& ratio) {
    return {{"low", ratio.low}, {"median", ratio.median}, {"high", ratio.high}};
}

Json json_of(const Row& row) {
    return {{"key", row.key},
            {"name", row.name},
            {"missing", row.missing},
            {"per_second", row.per_second},
            {"to_base", json_of(row.to_base)},
            {"from_06", row.from_06 ? json_of(*row.from_06) : Json(nullptr)},
            {"p50_us", row.p50_us},
            {"p99_us", row.p99_us},
            {"generator_share", row.generator_share},
            {"server_share", row.server_share},
            {"server_us", row.server_us},
            {"us_to_base", json_of(row.us_to_base)},
            {"generator_was_busy", row.generator_was_busy()},
            {"refused", row.refused},
            {"broken", row.broken}};
}

Json json_of(const Count& count) {
    return {{"key", count.key},
            {"name", count.name},
            {"missing", count.missing},
            {"instructions", number_or_null(count.instructions)},
            {"calls_at_64", number_or_null(count.calls_at_64)},
            {"instructions_at_1024", number_or_null(count.at_1024)},
            {"calls_at_1", number_or_null(count.calls_at_1)},
            {"locks", number_or_null(count.locks)}};
}

// Declared for the lists, which are made of them.
Json json_of(const Match& match);
Json json_of(const Meanwhile& meanwhile);
Json json_of(const Holding& holding);
Json json_of(const Price& price);
Json json_of(const TimerCost& cost);

template <typename Value>
Json list_of(const std::vector<Value>& values) {
    Json list = Json::array();
    for (const Value& value : values) list.push_back(json_of(value));
    return list;
}

Json json_of(const Match& match) {
    return {{"what", match.what},
            {"connections", match.connections},
            {"pause_ms", match.pause_ms},
            {"connected_anew", match.connected_anew},
            {"base", match.base},
            {"rounds", match.rounds},
            {"repeated", match.repeated},
            {"noisy", match.noisy},
            {"others_share", match.others_share},
            {"rows", list_of(match.rows)}};
}

Json json_of(const Meanwhile& meanwhile) {
    return {{"key", meanwhile.key},
            {"name", meanwhile.name},
            {"missing", meanwhile.missing},
            {"posts", meanwhile.posts},
            {"gets", meanwhile.gets},
            {"rounds", meanwhile.rounds},
            {"noisy", meanwhile.noisy},
            {"posts_per_second", meanwhile.posts_per_second},
            {"p50_us", meanwhile.p50_us.median},
            {"p99_us", meanwhile.p99_us.median},
            {"alone_p50_us", meanwhile.alone_p50_us.median},
            {"alone_p99_us", meanwhile.alone_p99_us.median},
            {"p50_us_quartiles", json_of(meanwhile.p50_us)},
            {"p99_us_quartiles", json_of(meanwhile.p99_us)},
            {"alone_p50_us_quartiles", json_of(meanwhile.alone_p50_us)},
            {"alone_p99_us_quartiles", json_of(meanwhile.alone_p99_us)}};
}

Json json_of(const Bytes& bytes) {
    return {{"user", bytes.user.median},
            {"kernel", bytes.kernel.median},
            {"user_quartiles", json_of(bytes.user)},
            {"kernel_quartiles", json_of(bytes.kernel)}};
}

Json json_of(const Holding& holding) {
    return {{"key", holding.key},
            {"name", holding.name},
            {"missing", holding.missing},
            {"connections", holding.connections},
            {"idle", json_of(holding.idle)},
            {"body", holding.body ? json_of(*holding.body) : Json(nullptr)}};
}

Json json_of(const Price& price) {
    return {{"what", price.what}, {"compiler", price.compiler}, {"ns", json_of(price.ns)}};
}

Json json_of(const TimerCost& cost) {
    return {{"armed", cost.armed},
            {"arm_and_cancel", json_of(cost.arm_and_cancel)},
            {"arm_last", json_of(cost.arm_last)},
            {"arm_and_fire", json_of(cost.arm_and_fire)}};
}

Json json_of(const Growth& growth) {
    return {{"matches", list_of(growth.matches)},
            {"loops", growth.loops ? json_of(*growth.loops) : Json(nullptr)},
            {"timers", list_of(growth.timers)}};
}

Json json_of(const bench::MachineInfo& machine) {
    return {{"date", machine.date},     {"cpu", machine.cpu},
            {"cores", machine.cores},   {"memory_gib", machine.memory_gib},
            {"system", machine.system}, {"compiler", machine.compiler}};
}

}  // namespace

std::string to_json(const Results& results) {
    const Json json = {
        {"command", results.command},
        {"machine", json_of(results.machine)},
        {"notes", results.notes},
        {"seconds", results.seconds},
        {"matches", list_of(results.matches)},
        {"meanwhile", list_of(results.meanwhile)},
        {"counts", list_of(results.counts)},
        {"holdings", list_of(results.holdings)},
        {"waits", list_of(results.waits)},
        {"prices", list_of(results.prices)},
        {"growth", results.growth ? json_of(*results.growth) : Json(nullptr)}};
    return json.dump(1);
}

}  // namespace six::speed
