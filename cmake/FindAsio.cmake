# Finds Asio (the standalone one, without Boost), which brings no CMake package of its own, as
# the target asio::asio.
find_path(Asio_INCLUDE_DIR asio.hpp)
mark_as_advanced(Asio_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Asio REQUIRED_VARS Asio_INCLUDE_DIR)

if(Asio_FOUND AND NOT TARGET asio::asio)
    include(asio_target)
    add_asio_target(${Asio_INCLUDE_DIR})
endif()
