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
            {"generator_was_the_limit", row.generator_was_the_limit()},
            {"refused", row.refused},
            {"broken", row.broken}};
}

Json json_of(const Count& count) {
    return {{"key", count.key},
            {"name", count.name},
            {"missing", count.missing},
            {"instructions", number_or_null(count.instructions)},
            {"calls_at_64", number_or_null(count.calls_at_64)},
            {"calls_at_1", number_or_null(count.calls_at_1)}};
}

Json json_of(const Match& match);

template <typename Value>
Json list_of(const std::vector<Value>& values) {
    Json list = Json::array();
    for (const Value& value : values) list.push_back(json_of(value));
    return list;
}

Json json_of(const Match& match) {
    return {{"what", match.what},
            {"connections", match.connections},
            {"base", match.base},
            {"rounds", match.rounds},
            {"repeated", match.repeated},
            {"noisy", match.noisy},
            {"others_share", match.others_share},
            {"rows", list_of(match.rows)}};
}

Json json_of(const Meanwhile& meanwhile) {
    return {{"posts", meanwhile.posts},
            {"gets", meanwhile.gets},
            {"posts_per_second", meanwhile.posts_per_second},
            {"p50_us", meanwhile.p50_us},
            {"p99_us", meanwhile.p99_us},
            {"alone_p50_us", meanwhile.alone_p50_us},
            {"alone_p99_us", meanwhile.alone_p99_us}};
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
        {"meanwhile", results.meanwhile ? json_of(*results.meanwhile) : Json(nullptr)},
        {"counts", list_of(results.counts)}};
    return json.dump(1);
}

}  // namespace six::speed
