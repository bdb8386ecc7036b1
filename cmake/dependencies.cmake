# The libraries that are not ours. Each is taken from the system if it is there (that is what
# `./course` installs), else its pinned release is downloaded.
include(FetchContent)
set(FETCHCONTENT_QUIET OFF)
set(BUILD_SHARED_LIBS OFF)

find_package(Threads REQUIRED)

# What has a CMake package, on every system.
FetchContent_Declare(Catch2
    GIT_REPOSITORY https://github.com/catchorg/Catch2.git
    GIT_TAG v3.5.4 GIT_SHALLOW ON SYSTEM
    FIND_PACKAGE_ARGS)
FetchContent_Declare(fmt
    GIT_REPOSITORY https://github.com/fmtlib/fmt.git
    GIT_TAG 10.2.1 GIT_SHALLOW ON SYSTEM
    FIND_PACKAGE_ARGS)
FetchContent_Declare(CLI11
    GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git
    GIT_TAG v2.4.2 GIT_SHALLOW ON SYSTEM
    FIND_PACKAGE_ARGS)
FetchContent_Declare(nlohmann_json
    GIT_REPOSITORY https://github.com/nlohmann/json.git
    GIT_TAG v3.11.3 GIT_SHALLOW ON SYSTEM
    FIND_PACKAGE_ARGS)
FetchContent_MakeAvailable(Catch2 fmt CLI11 nlohmann_json)

# catch_discover_tests(): beside the package, or in the sources.
list(APPEND CMAKE_MODULE_PATH ${Catch2_DIR} ${catch2_SOURCE_DIR}/extras)
include(Catch)

# What has none, or not everywhere: cmake/Find*.cmake.
find_package(SQLite3 3.35)
if(NOT SQLite3_FOUND)
    include(fetch_sqlite)
endif()
find_package(llhttp)
if(NOT llhttp_FOUND)
    include(fetch_llhttp)
endif()
find_package(Asio)
if(NOT Asio_FOUND)
    include(fetch_asio)
endif()
