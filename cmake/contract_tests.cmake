# The contract: HTTP as a client sees it, the same tests for every server. One executable, which
# finds in its environment which server to start; each of its test cases becomes one test of
# CTest per server, `NN_name/contract/<sentence>`. Read last, when all servers are known.

file(GLOB contract_sources CONFIGURE_DEPENDS common/testing/contract*.cpp)
add_executable(contract_tests ${contract_sources})
target_link_libraries(contract_tests PRIVATE six_warnings six_testing
                                             Catch2::Catch2WithMain)
set_target_properties(contract_tests PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests UNITY_BUILD ON)
# The handlers' lines, which a trace names, are looked up in the sources.
target_compile_definitions(contract_tests PRIVATE SIX_SOURCE_FOLDER="${PROJECT_SOURCE_DIR}")
target_compile_options(contract_tests PRIVATE $<$<CONFIG:Debug>:-g1>)  # as in six_tests()

# contract_run(<prefix> SERVER <target> [OPTIONS <of the server>] [TEST_SPEC <spec>]
#              [ENVIRONMENT <variable>]): the tests, once more, against this server.
function(contract_run prefix)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "SERVER;OPTIONS;TEST_SPEC;ENVIRONMENT" "")
    if(NOT arg_ENVIRONMENT)
        set(arg_ENVIRONMENT SIX_SERVER)
    endif()
    get_property(label GLOBAL PROPERTY SIX_LABEL_${arg_SERVER})
    # Not $<TARGET_FILE:…>: that would build all servers in order to test one. The name, for the
    # test report, also keeps the list of these tests apart from those of the others.
    string(REPLACE / _ name ${prefix})
    catch_discover_tests(contract_tests TEST_PREFIX "${prefix}/contract/"
        TEST_SPEC ${arg_TEST_SPEC} EXTRA_ARGS --name ${name}
        PROPERTIES LABELS ${label} TIMEOUT 120 ${six_skipped}
                   ENVIRONMENT ${arg_ENVIRONMENT}=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${arg_SERVER}
                   ENVIRONMENT_MODIFICATION "SIX_SERVER_OPTIONS=set:${arg_OPTIONS}")
endfunction()

# Every server with its default options, and all that is meant for it.
get_property(servers GLOBAL PROPERTY SIX_SERVERS)
foreach(server IN LISTS servers)
    if(server STREQUAL "01_blocking")
        contract_run(${server} SERVER ${server} TEST_SPEC ~[keep-alive])
    elseif(server STREQUAL "02_threads")
        contract_run(${server} SERVER ${server} TEST_SPEC ~[one-request]~[loop])
    else()
        contract_run(${server} SERVER ${server} TEST_SPEC ~[one-request])
    endif()
    get_property(label GLOBAL PROPERTY SIX_LABEL_${server})
    add_dependencies(chapter_${label} ${server} contract_tests)
endforeach()

# Some with other options: the themes that may come out differently with them.
set(waiting "[clients],[expect],[reuse]~[one-request],[shutdown]")
set(spread "[clients]~[loop],[expect],[reuse]~[one-request],[shutdown]")  # over several loops
set(saving "[items],[storage],[shutdown],[durability]")
# A pool serves no crowd, and a loop that saves hears no signal meanwhile: so say their lessons.
set(pooled "[clients]~[loop],[expect],[reuse]~[one-request],[shutdown]~[crowd]")
set(stalling "[items],[storage],[shutdown]~[awake],[durability]")
set(elsewhere "${spread},[items]~[sqlite],[storage]~[sqlite],[durability]~[sqlite]")
contract_run(02_threads/pool SERVER 02_threads OPTIONS "--model pool" TEST_SPEC ${pooled})
foreach(server IN ITEMS 03_callbacks 04_event_loop 05_coroutines 05_on_asio)
    contract_run(${server}/save-on-loop SERVER ${server}
        OPTIONS "--save-on loop" TEST_SPEC ${stalling})
endforeach()
contract_run(06_full_server/loops SERVER 06_full_server
    OPTIONS "--loops 2" TEST_SPEC ${spread},${saving})
contract_run(06_full_server/commit-on-loop SERVER 06_full_server
    OPTIONS "--commit-on loop" TEST_SPEC ${stalling})
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT CMAKE_CXX_FLAGS MATCHES SIX_PORTABLE)
    # Elsewhere poll is what they have anyway. All of it for 04, as its lesson says.
    contract_run(04_event_loop/poll SERVER 04_event_loop
        OPTIONS "--poller poll" TEST_SPEC ~[one-request])
    contract_run(05_coroutines/poll SERVER 05_coroutines
        OPTIONS "--poller poll" TEST_SPEC ${waiting})
endif()

# And the full server with its other database, if there is a PostgreSQL to start.
file(GLOB postgres_programs /usr/lib/postgresql/*/bin)
find_program(POSTGRES_INITDB initdb HINTS ${postgres_programs})
if(POSTGRES_INITDB AND Libpq_FOUND)
    contract_run(06_full_server/postgres SERVER 06_full_server
        ENVIRONMENT SIX_POSTGRES_SERVER TEST_SPEC ${elsewhere})
elseif(Libpq_FOUND AND EXISTS /var/lib/dpkg/status)
    # It may be installed later. Then the next build looks again, and adds these tests.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS /var/lib/dpkg/status)
endif()
