# Says in one line what older compilers would say in many.
set(oldest_GNU 12)         # 11 miscompiles too many coroutines
set(oldest_Clang 16)       # 15 lacks std::source_location with GNU's library
set(oldest_AppleClang 15)  # Xcode 15

set(oldest ${oldest_${CMAKE_CXX_COMPILER_ID}})
if(oldest AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS oldest)
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER} is ${CMAKE_CXX_COMPILER_ID} "
        "${CMAKE_CXX_COMPILER_VERSION}; version ${oldest} is needed. Name another one: "
        "CXX=g++-12, or CXX=clang++-16 and CC=clang-16, in an empty build folder.")
endif()
