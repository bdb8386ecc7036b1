# llhttp from its repository: the branch of releases holds the generated C sources.
set(LLHTTP_BUILD_SHARED_LIBS OFF)
set(LLHTTP_BUILD_STATIC_LIBS ON)
FetchContent_Declare(llhttp
    GIT_REPOSITORY https://github.com/nodejs/llhttp.git
    GIT_TAG release/v9.2.1 GIT_SHALLOW ON SYSTEM)
FetchContent_MakeAvailable(llhttp)
if(NOT TARGET llhttp::llhttp)
    add_library(llhttp::llhttp ALIAS llhttp_static)
endif()
