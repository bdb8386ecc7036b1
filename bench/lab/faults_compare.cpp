#include "bench/lab/faults_compare.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace six::lab {

namespace {

struct Kept {
    std::string word;
    bool good = false;
};

std::string cell_name(const std::string& fault, const std::string& server) {
    return fault + " in " + server;
}

struct Recorded {
    std::vector<std::string> faults;
    std::map<std::string, Kept> cells;
};

Recorded read(const std::string& json) try {
    Recorded recorded;
    const auto parsed = nlohmann::json::parse(json);
    for (const auto& fault : parsed.at("faults")) {
        recorded.faults.push_back(fault.at("name"));
        for (const auto& cell : fault.at("cells"))
            recorded.cells[cell_name(fault.at("name"), cell.at("server"))] = {
                cell.at("word"), cell.at("good")};
    }
    return recorded;
} catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(std::string("no recorded faults: ") + error.what());
}

std::string described(const std::string& word, bool good) {
    return word + (good ? " (good)" : " (bad)");
}

}  // namespace

std::vector<std::string> differences(const std::vector<Row>& rows,
                                     const std::string& recorded) {
    const auto kept = read(recorded).cells;
    std::vector<std::string> lines;
    for (const Row& row : rows)
        for (const auto& [server, verdict] : row.cells) {
            const std::string name = cell_name(row.name, server);
            const std::string now = name + ": " + described(verdict.word, verdict.good);
            const auto found = kept.find(name);
            if (found == kept.end())
                lines.push_back(now + ", not recorded");
            else if (found->second.word != verdict.word ||
                     found->second.good != verdict.good)
                lines.push_back(now + ", recorded: " +
                                described(found->second.word, found->second.good));
        }
    return lines;
}

std::vector<std::string> forgotten(const std::vector<std::string>& faults,
                                   const std::string& recorded) {
    std::vector<std::string> lines;
    for (const std::string& fault : read(recorded).faults)
        if (std::ranges::count(faults, fault) == 0)
            lines.push_back(fault + " was recorded, and there is no such fault");
    return lines;
}

}  // namespace six::lab
