# How a chapter becomes targets. Paths are relative to the chapter's folder.

# What a test says that can't be run here (common/testing/skip.hpp).
set(six_skipped SKIP_REGULAR_EXPRESSION "SKIPPED: ")

# six_tests(<target> PREFIX <name> [LABEL <label>] SOURCES … LINK …): a Catch2 executable, each
# test case of which is one test of CTest, `<name>/<sentence>`. What this machine can't do says
# `SKIPPED: ` and why.
function(six_tests target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "PREFIX;LABEL" "SOURCES;LINK")
    if(NOT arg_SOURCES)
        return()
    endif()
    add_executable(${target} ${arg_SOURCES})
    target_link_libraries(${target} PRIVATE six_warnings ${arg_LINK} six_testing
                                            Catch2::Catch2WithMain)
    set_target_properties(${target} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests UNITY_BUILD ON)
    # Nobody steps through a test's variables, and the full information takes time to write.
    target_compile_options(${target} PRIVATE $<$<CONFIG:Debug>:-g1>)
    catch_discover_tests(${target} TEST_PREFIX "${arg_PREFIX}/"
        PROPERTIES LABELS "${arg_LABEL}" TIMEOUT 120 ${six_skipped})
endfunction()

# add_server(<name> LABEL <NN> SOURCE <file with main> LINK …): bin/<name>. The contract's tests
# will run against it (contract_tests.cmake).
function(add_server name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;SOURCE" "LINK")
    add_executable(${name} ${arg_SOURCE})
    target_link_libraries(${name} PRIVATE six_warnings ${arg_LINK})
    set_property(GLOBAL APPEND PROPERTY SIX_SERVERS ${name})
    set_property(GLOBAL PROPERTY SIX_LABEL_${name} ${arg_LABEL})
endfunction()

# add_chapter(<NN_name> LIBRARY <files> SERVER <file with main> [LINK …]) defines
#   NN_name_lib    the files of LIBRARY, which later chapters may link
#   NN_name        the server, bin/NN_name
#   NN_name_tests  tests/*.cpp; they find the server at SIX_SERVER_PATH
#   chapter_NN     all of it, and the contract: what `./course test NN` builds. A chapter with
#                  further programs adds them: add_dependencies(chapter_NN …).
function(add_chapter name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "SERVER" "LIBRARY;LINK")
    string(SUBSTRING ${name} 0 2 number)

    add_library(${name}_lib STATIC ${arg_LIBRARY})
    target_link_libraries(${name}_lib PRIVATE six_warnings PUBLIC ${arg_LINK} six_common)
    add_server(${name} LABEL ${number} SOURCE ${arg_SERVER} LINK ${name}_lib)

    file(GLOB tests CONFIGURE_DEPENDS tests/*.cpp)
    six_tests(${name}_tests PREFIX ${name} LABEL ${number} SOURCES ${tests} LINK ${name}_lib)
    target_compile_definitions(${name}_tests PRIVATE SIX_SERVER_PATH="$<TARGET_FILE:${name}>")
    add_dependencies(${name}_tests ${name})

    add_custom_target(chapter_${number})
    add_dependencies(chapter_${number} ${name} ${name}_tests)
endfunction()
