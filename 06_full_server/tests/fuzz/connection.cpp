// For libFuzzer (clang; CONTRIBUTING.md says how to run it): scripts for a worker and its
// clients. What must hold for them is in ../scripted_house.hpp.
#include <cstddef>
#include <cstdint>

#include "06_full_server/tests/connection_script.hpp"

// An exception that nobody catches ends the fuzzer, which then keeps the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    six::full::test::ConnectionScript({reinterpret_cast<const char*>(data), size}).play();
    return 0;
}
