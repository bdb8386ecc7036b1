# Conveniences that change nothing about what is built.

# A compiler cache, if there is one and nobody chose another.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# clangd looks for the compile commands in the root: those of the preset last configured, but if it
# can be, of one that compiles most files by themselves.
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(commands_link ${PROJECT_SOURCE_DIR}/compile_commands.json)
if(PROJECT_IS_TOP_LEVEL AND UNIX AND (NOT SIX_UNITY OR NOT EXISTS ${commands_link}))
    file(CREATE_LINK ${PROJECT_BINARY_DIR}/compile_commands.json ${commands_link} SYMBOLIC)
endif()
