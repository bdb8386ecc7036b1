# Our files are small, and most of what the compiler reads is the same for each: several at a time
# compile in half the time. Read after the libraries that are not ours, which need not bear it.
#
# In the preset debug one changes files, and an editor wants to know how each is compiled. There
# only these are compiled several at a time: the tests, the tools (bench/, docs/), common and
# chapter 06.
option(SIX_UNITY "Compile several files at a time" OFF)
set(CMAKE_UNITY_BUILD ${SIX_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

# six_unity(<target> <n>): compile n of its files at a time, even in the preset debug.
function(six_unity target files)
    if(NOT SIX_UNITY)
        set_target_properties(${target} PROPERTIES
            UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${files})
    endif()
endfunction()
# To g++ a file that is included is a header, and one without a nameless namespace.
add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)
