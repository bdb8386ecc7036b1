# The libraries that are not ours. Each is taken from the system if it is there (that is what
# `./course` installs), else its pinned release is downloaded.
include(FetchContent)
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

# What has none, or not everywhere: cmake/Find*.cmake. Their own build files are not used.
find_package(llhttp)
if(NOT llhttp_FOUND)
    FetchContent_Declare(llhttp_source  # this branch has the generated C files
        GIT_REPOSITORY https://github.com/nodejs/llhttp.git
        GIT_TAG release/v9.2.1 GIT_SHALLOW ON SOURCE_SUBDIR none)
    FetchContent_MakeAvailable(llhttp_source)
    include(llhttp_target)
    add_llhttp_target(${llhttp_source_SOURCE_DIR}/src ${llhttp_source_SOURCE_DIR}/include)
endif()

find_package(Asio)
if(NOT Asio_FOUND)
    FetchContent_Declare(asio_source
        GIT_REPOSITORY https://github.com/chriskohlhoff/asio.git
        GIT_TAG asio-1-30-2 GIT_SHALLOW ON SOURCE_SUBDIR none)
    FetchContent_MakeAvailable(asio_source)
    include(asio_target)
    add_asio_target(${asio_source_SOURCE_DIR}/asio/include)
endif()

# macOS has a SQLite of its own, whose `PRAGMA fullfsync` doesn't wait for the disk
# (https://bonsaidb.io/blog/acid-on-apple/). Homebrew's does, and is kept apart because of that one.
if(APPLE)
    list(APPEND CMAKE_PREFIX_PATH /opt/homebrew/opt/sqlite /usr/local/opt/sqlite)
endif()
find_package(SQLite3 3.35)
if(NOT SQLite3_FOUND)
    FetchContent_Declare(sqlite_source  # all of it in one C file
        URL https://www.sqlite.org/2024/sqlite-amalgamation-3450300.zip
        URL_HASH SHA256=ea170e73e447703e8359308ca2e4366a3ae0c4304a8665896f068c736781c651)
    FetchContent_MakeAvailable(sqlite_source)
    add_library(sqlite3 STATIC ${sqlite_source_SOURCE_DIR}/sqlite3.c)
    target_include_directories(sqlite3 SYSTEM PUBLIC ${sqlite_source_SOURCE_DIR})
    target_link_libraries(sqlite3 PRIVATE Threads::Threads ${CMAKE_DL_LIBS})
    add_library(SQLite::SQLite3 ALIAS sqlite3)
endif()

# The one that may be missing: the full server can do without.
find_package(Libpq QUIET)
