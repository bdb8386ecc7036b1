# A toolchain for the sanitizers: clang 16 or newer (older ones lack std::source_location, and
# g++ under a sanitizer makes no tail calls, which the coroutines need).
function(six_new_enough result compiler)
    execute_process(COMMAND ${compiler} -dumpversion OUTPUT_VARIABLE version ERROR_QUIET)
    if(version VERSION_LESS 16)
        set(${result} FALSE PARENT_SCOPE)
    endif()
endfunction()

find_program(SIX_CLANGXX NAMES clang++-16 clang++-17 clang++-18 clang++-19 clang++-20 clang++
    PATHS /opt/homebrew/opt/llvm/bin /usr/local/opt/llvm/bin
    VALIDATOR six_new_enough)

if(NOT SIX_CLANGXX)
    message(FATAL_ERROR "This preset needs clang 16 or newer. On Debian: apt install clang-16")
endif()
string(REPLACE clang++ clang SIX_CLANG ${SIX_CLANGXX})
set(CMAKE_CXX_COMPILER ${SIX_CLANGXX})
set(CMAKE_C_COMPILER ${SIX_CLANG})
