# What the preset `libcxx` needs, read by project(): the system's Catch2 and fmt have been compiled
# for GNU's standard library and don't link with LLVM's. Of fmt the headers are enough
# (FMT_HEADER_ONLY, in the preset); Catch2's main() is compiled anew, from the header of version 2
# that Debian 12 has.
macro(six_provide_catch2 method name)
    if("${name}" STREQUAL "Catch2" AND NOT TARGET Catch2::Catch2WithMain)
        find_path(Catch2_INCLUDE_DIR catch2/catch.hpp REQUIRED)
        find_path(Catch2_DIR Catch.cmake PATH_SUFFIXES lib/cmake/Catch2 REQUIRED)
        file(WRITE ${PROJECT_BINARY_DIR}/catch_main.cpp
            "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
        add_library(Catch2 INTERFACE)
        target_include_directories(Catch2 SYSTEM INTERFACE ${Catch2_INCLUDE_DIR})
        add_library(Catch2::Catch2 ALIAS Catch2)
        add_library(Catch2WithMain STATIC ${PROJECT_BINARY_DIR}/catch_main.cpp)
        target_link_libraries(Catch2WithMain PUBLIC Catch2)
        add_library(Catch2::Catch2WithMain ALIAS Catch2WithMain)
        set(Catch2_FOUND TRUE)
    endif()
endmacro()
cmake_language(SET_DEPENDENCY_PROVIDER six_provide_catch2 SUPPORTED_METHODS FIND_PACKAGE)
