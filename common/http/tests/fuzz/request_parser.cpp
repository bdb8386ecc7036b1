// For libFuzzer (clang; CONTRIBUTING.md says how to run it): bytes for the request parser.
// What must hold for them is in ../any_bytes.cpp.
#include <cstddef>
#include <cstdint>

#include "common/http/tests/any_bytes.hpp"

// An exception that nobody catches ends the fuzzer, which then keeps the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    six::http::check_any_bytes({reinterpret_cast<const char*>(data), size});
    return 0;
}
