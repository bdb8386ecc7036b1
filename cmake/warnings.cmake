# The warnings that all of our own code is compiled with. Link it privately: what includes our
# headers from outside need not share our taste.
add_library(six_warnings INTERFACE)
target_compile_options(six_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wimplicit-fallthrough)

option(SIX_WERROR "Treat warnings as errors" OFF)
if(SIX_WERROR)
    target_compile_options(six_warnings INTERFACE -Werror)
endif()
