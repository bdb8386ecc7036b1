# add_asio_target(<folder that holds asio.hpp>): the target asio::asio.
function(add_asio_target include_dir)
    add_library(asio::asio INTERFACE IMPORTED GLOBAL)
    target_include_directories(asio::asio SYSTEM INTERFACE ${include_dir})
    target_compile_definitions(asio::asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED)
    target_link_libraries(asio::asio INTERFACE Threads::Threads)
    # Asio 1.22 does not see that clang with GNU's library has coroutines.
    target_compile_definitions(asio::asio INTERFACE
        $<$<CXX_COMPILER_ID:Clang>:ASIO_HAS_CO_AWAIT;ASIO_HAS_STD_COROUTINE>)
endfunction()
