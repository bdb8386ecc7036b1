# add_llhttp_target(<folder of the C sources> <folder of llhttp.h>): the target llhttp::llhttp.
function(add_llhttp_target source_dir include_dir)
    add_library(llhttp STATIC
        ${source_dir}/api.c ${source_dir}/http.c ${source_dir}/llhttp.c)
    target_include_directories(llhttp SYSTEM PUBLIC ${include_dir})
    # Version 8 checks strictly only if told so; later ones do by themselves.
    target_compile_definitions(llhttp PRIVATE LLHTTP_STRICT_MODE=1)
    add_library(llhttp::llhttp ALIAS llhttp)
endfunction()
