# Our files are small, and most of what the compiler reads is the same for each: several at a time
# compile in half the time. Read after the libraries that are not ours, which need not bear it.
#
# The preset debug, in which one changes files and an editor wants to know how each is compiled,
# compiles only the tests and the tools so (six_tests() and bench/).
option(SIX_UNITY "Compile several files at a time" OFF)
set(CMAKE_UNITY_BUILD ${SIX_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)
# To g++ a file that is included is a header, and one without a nameless namespace.
add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)
