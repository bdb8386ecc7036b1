# Fuzz targets, for libFuzzer, which comes with clang. Only in the preset `fuzz`, where all of our
# code is instrumented for it.
option(SIX_FUZZ "Build the fuzz targets (preset fuzz)" OFF)
if(SIX_FUZZ AND NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "libFuzzer comes with clang: cmake --preset fuzz")
endif()

# six_fuzzer(<name> SOURCES … LINK …): bin/fuzz_<name>, and a part of the target `fuzzers`.
function(six_fuzzer name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
    if(NOT SIX_FUZZ)
        return()
    endif()
    add_executable(fuzz_${name} ${arg_SOURCES})
    target_link_libraries(fuzz_${name} PRIVATE six_warnings ${arg_LINK})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    if(NOT TARGET fuzzers)
        add_custom_target(fuzzers)
    endif()
    add_dependencies(fuzzers fuzz_${name})
endfunction()
