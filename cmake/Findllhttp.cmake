# Finds llhttp, which parses HTTP, as the target llhttp::llhttp: a library if the system has one
# (Debian 13, Homebrew, vcpkg), else the sources that Debian 12 has in its package node-llhttp,
# installed or unpacked by `./course`.

find_package(llhttp CONFIG QUIET)  # its target has one of three names
foreach(name IN ITEMS llhttp::llhttp_shared llhttp::llhttp_static)
    if(TARGET ${name} AND NOT TARGET llhttp::llhttp)
        add_library(llhttp::llhttp ALIAS ${name})
    endif()
endforeach()

if(NOT TARGET llhttp::llhttp)
    set(unpacked ${PROJECT_SOURCE_DIR}/build/llhttp/usr/share)
    find_path(llhttp_INCLUDE_DIR llhttp.h
        PATHS /usr/share/include ${unpacked}/include PATH_SUFFIXES include/llhttp llhttp)
    find_library(llhttp_LIBRARY llhttp)
    find_path(llhttp_SOURCE_DIR llhttp.c PATHS /usr/share/llhttp ${unpacked}/llhttp
              NO_DEFAULT_PATH)
    mark_as_advanced(llhttp_INCLUDE_DIR llhttp_LIBRARY llhttp_SOURCE_DIR)

    if(llhttp_INCLUDE_DIR AND llhttp_LIBRARY)
        add_library(llhttp::llhttp UNKNOWN IMPORTED)
        set_target_properties(llhttp::llhttp PROPERTIES
            IMPORTED_LOCATION ${llhttp_LIBRARY}
            INTERFACE_INCLUDE_DIRECTORIES ${llhttp_INCLUDE_DIR})
    elseif(llhttp_INCLUDE_DIR AND llhttp_SOURCE_DIR)
        include(llhttp_target)
        add_llhttp_target(${llhttp_SOURCE_DIR} ${llhttp_INCLUDE_DIR})
    endif()
endif()

if(TARGET llhttp::llhttp)
    set(llhttp_TARGET llhttp::llhttp)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(llhttp REQUIRED_VARS llhttp_TARGET)
