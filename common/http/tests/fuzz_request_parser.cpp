// For libFuzzer (clang): whatever the bytes are, the parser says the same of them whole,
// byte by byte and cut anywhere. Run it with an empty folder, which it fills with the table
// of requests:  fuzz_request_parser FOLDER -max_total_time=300
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/tests/outcome.hpp"
#include "common/http/tests/request_table.hpp"

namespace six::http {
namespace {

// Limits that short inputs reach.
constexpr Limits small_limits{.target_bytes = 20,
                              .header_bytes = 90,
                              .header_fields = 5,
                              .body_bytes = 30,
                              .chunk_line_bytes = 8,
                              .chunk_extension_bytes = 12};

// Cut where the bytes themselves say, so that the fuzzer can learn to cut.
std::vector<std::string_view> cut(std::string_view bytes) {
    std::vector<std::string_view> pieces;
    while (!bytes.empty()) {
        const auto size = std::min<std::size_t>(
            bytes.size(), 1u + static_cast<unsigned char>(bytes.back()) % 16u);
        pieces.push_back(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return pieces;
}

void check(std::string_view bytes, const Limits& limits) {
    const auto whole = outcome_of({bytes}, limits);
    if (outcome_of(single_bytes(bytes), limits) != whole) std::abort();
    if (outcome_of(cut(bytes), limits) != whole) std::abort();
}

}  // namespace
}  // namespace six::http

// Called once, before the folder is read.
extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
    const std::filesystem::path folder = *count > 1 ? (*arguments)[1] : "";
    if (!std::filesystem::is_directory(folder) || !std::filesystem::is_empty(folder))
        return 0;
    int number = 0;
    for (const auto& row : six::http::raw::request_table()) {
        std::ofstream(folder / std::to_string(++number), std::ios::binary) << row.bytes;
    }
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    six::http::check(bytes, {});
    six::http::check(bytes, six::http::small_limits);
    return 0;
}
