#include "docs/weave/recorded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace six::docs {

namespace {

using Json = nlohmann::json;

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    std::istringstream rest(text);
    for (std::string part; std::getline(rest, part, at);) parts.push_back(part);
    return parts;
}

bool has(const Json& element, const std::string& condition) {
    const auto equals = condition.find('=');
    const auto field = element.find(condition.substr(0, equals));
    if (field == element.end()) return false;
    const std::string wanted = condition.substr(equals + 1);
    return field->is_string() ? *field == wanted : field->dump() == wanted;
}

const Json& element_with(const Json& list, const std::string& conditions) {
    for (const Json& element : list) {
        bool all = true;
        for (const std::string& condition : split(conditions, '&'))
            all = all && has(element, condition);
        if (all) return element;
    }
    throw std::runtime_error("the benchmark has recorded nothing with " + conditions);
}

const Json& step(const Json& from, const std::string& part) {
    if (part.find('=') != std::string::npos) return element_with(from, part);
    if (!from.contains(part))
        throw std::runtime_error("the benchmark has not recorded " + part);
    return from[part];
}

}  // namespace

std::string recorded(const std::string& json, const std::string& path) {
    const auto bar = std::min(path.find(" | "), path.size());
    const Json all = Json::parse(json);
    const Json* at = &all;
    for (const std::string& part : split(path.substr(0, bar), '/')) at = &step(*at, part);
    double number = at->get<double>();
    int decimals = number < 10 ? 1 : 0;
    std::istringstream format(path.substr(std::min(bar + 3, path.size())));
    for (std::string word; format >> word;) {
        if (word[0] == '/') number /= std::stod(word.substr(1));
        if (word[0] == '.') decimals = std::stoi(word.substr(1));
    }
    std::string text = fmt::format("{:.{}f}", number, decimals);
    const auto point = std::min(text.find('.'), text.size());
    for (std::size_t i = point; i > 3; i -= 3) text.insert(i - 3, ",");
    return text;
}

}  // namespace six::docs
