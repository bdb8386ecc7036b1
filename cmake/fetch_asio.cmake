# Asio from its repository: headers only.
include(asio_target)
FetchContent_Declare(asio
    GIT_REPOSITORY https://github.com/chriskohlhoff/asio.git
    GIT_TAG asio-1-30-2 GIT_SHALLOW ON)
FetchContent_MakeAvailable(asio)
add_asio_target(${asio_SOURCE_DIR}/asio/include)
