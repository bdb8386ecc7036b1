# The contract: HTTP as a client sees it, the same tests for every server. One executable, which
# finds in its environment which server to start; each of its test cases becomes one test of
# CTest per server, `NN_name/contract/<sentence>`. Read last, when all servers are known.

file(GLOB contract_sources CONFIGURE_DEPENDS common/testing/contract*.cpp)
add_executable(contract_tests ${contract_sources})
target_link_libraries(contract_tests PRIVATE six_warnings six_testing
                                             Catch2::Catch2WithMain)
set_target_properties(contract_tests PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests UNITY_BUILD ON)
target_compile_options(contract_tests PRIVATE $<$<CONFIG:Debug>:-g1>)  # as in six_tests()

get_property(servers GLOBAL PROPERTY SIX_SERVERS)
foreach(server IN LISTS servers)
    get_property(label GLOBAL PROPERTY SIX_LABEL_${server})
    # Not $<TARGET_FILE:…>: that would build all servers in order to test one. Its name, for the
    # test report, also keeps the list of its tests apart from those of the others.
    catch_discover_tests(contract_tests TEST_PREFIX "${server}/contract/"
        EXTRA_ARGS --name ${server}
        PROPERTIES LABELS ${label} TIMEOUT 120
                   ENVIRONMENT SIX_SERVER=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${server})
    add_dependencies(chapter_${label} ${server} contract_tests)
endforeach()

# And the full server with its other database, if there is a PostgreSQL to start.
file(GLOB postgres_programs /usr/lib/postgresql/*/bin)
find_program(POSTGRES_INITDB initdb HINTS ${postgres_programs})
if(POSTGRES_INITDB AND Libpq_FOUND)
    set(server 06_full_server)
    catch_discover_tests(contract_tests TEST_PREFIX "${server}/postgres/contract/"
        TEST_SPEC ~[sqlite] EXTRA_ARGS --name ${server}_postgres
        PROPERTIES LABELS 06 TIMEOUT 120
                   ENVIRONMENT SIX_POSTGRES_SERVER=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${server})
endif()
