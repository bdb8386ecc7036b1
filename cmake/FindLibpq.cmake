# Finds libpq, PostgreSQL's C library, as the target libpq::libpq: 14 or newer, since older ones
# have no pipeline mode. Debian: libpq-dev; Homebrew: libpq, which it keeps apart.
find_path(Libpq_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql
    HINTS /opt/homebrew/opt/libpq/include /usr/local/opt/libpq/include)
find_library(Libpq_LIBRARY pq HINTS /opt/homebrew/opt/libpq/lib /usr/local/opt/libpq/lib)
mark_as_advanced(Libpq_INCLUDE_DIR Libpq_LIBRARY)

if(Libpq_INCLUDE_DIR)
    file(STRINGS ${Libpq_INCLUDE_DIR}/libpq-fe.h Libpq_PIPELINING REGEX LIBPQ_HAS_PIPELINING)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libpq
    REQUIRED_VARS Libpq_LIBRARY Libpq_INCLUDE_DIR Libpq_PIPELINING)

if(Libpq_FOUND AND NOT TARGET libpq::libpq)
    add_library(libpq::libpq UNKNOWN IMPORTED)
    set_target_properties(libpq::libpq PROPERTIES IMPORTED_LOCATION ${Libpq_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${Libpq_INCLUDE_DIR})
endif()
