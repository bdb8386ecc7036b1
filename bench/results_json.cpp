// The only file here that includes the JSON library: it costs seconds to compile.
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bench/bill.hpp"
#include "bench/results.hpp"

namespace nlohmann {

template <class T>
struct adl_serializer<std::optional<T>> {
    static void to_json(json& to, const std::optional<T>& value) {
        to = value ? json(*value) : json(nullptr);
    }
    static void from_json(const json& from, std::optional<T>& value) {
        value = from.is_null() ? std::nullopt : std::optional<T>(from.get<T>());
    }
};

template <>
struct adl_serializer<six::bench::Seconds> {
    static void to_json(json& to, const six::bench::Seconds& value) { to = value.count(); }
    static void from_json(const json& from, six::bench::Seconds& value) {
        value = six::bench::Seconds(from.get<double>());
    }
};

}  // namespace nlohmann

namespace six::bench {

// Each line is read and written: a field that is missing here is missing in both.
NLOHMANN_JSON_SERIALIZE_ENUM(Load::Loop,
                             {{Load::Loop::open, "open"}, {Load::Loop::closed, "closed"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Load, name, loop, clients, pause, window, patience,
                                   body_bytes, rate)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Moment, at, in_service, outside, saved, threads, memory)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Memory, resident, anonymous, page_tables, kernel_stacks)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Percentile, percent, ms)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Shares, client, database, cpu)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Result, name, command, failure, counted, served, refused,
                                   out_of_reach, at_once, requests_per_second, latency,
                                   lateness_ms, threads, idle, peak, cpu_ms_per_request,
                                   cpu_share, others_share, shares, moments)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LoadResults, load, servers)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MachineInfo, date, cpu, cores, memory_gib, system,
                                   compiler, kernel_stack_kib)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Application, requests_per_second, waiting_ms, cpu_ms,
                                   process_mib, machine_memory_gib, machine_cores,
                                   machine_price, machine_threads, machine_connections,
                                   filled)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Results, command, machine, notes, loads)

std::string to_json(const Results& results) {
    return nlohmann::json(results).dump(1);
}

std::string to_json(const Application& application) {
    return nlohmann::json(application).dump();
}

Results from_json(const std::string& text) {
    try {
        Results results = nlohmann::json::parse(text).get<Results>();
        if (!results.loads.empty()) return results;
        throw std::runtime_error("these are results without a load");
    } catch (const nlohmann::json::exception& error) {
        throw std::runtime_error(std::string("these are no results of the ladder: ") +
                                 error.what());
    }
}

}  // namespace six::bench
