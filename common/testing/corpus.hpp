// Inputs that a fuzzer has found, one a file, for the tests that replay them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace six::testing {

struct CorpusInput {
    std::string name;  ///< the file's
    std::string bytes;
};

/// All inputs in the folder and those below it, in the order of their names.
inline std::vector<CorpusInput> corpus(const std::filesystem::path& folder) {
    std::vector<CorpusInput> inputs;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        inputs.push_back(
            {entry.path().filename(), {std::istreambuf_iterator<char>(file), {}}});
    }
    std::sort(inputs.begin(), inputs.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return inputs;
}

}  // namespace six::testing
