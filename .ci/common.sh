# What .ci/run and .ci/nightly share. Whoever reads this file has set $root.
# shellcheck shell=sh disable=SC2154

# shellcheck source=cmake/setup.sh
. "$root/cmake/setup.sh"

# Installs what only the checks need. What makes load is left out where it can't be had.
install_tools() {
    missing=$(missing_of clang-16 libclang-rt-16-dev llvm-16 clang-format shellcheck nodejs | xargs)
    for package in $(missing_of curl wrk nghttp2-client); do
        if in_apt "$package"; then missing="$missing $package"; fi
    done
    # shellcheck disable=SC2086 # a list of words
    if [ -n "$missing" ]; then apt_install $missing; fi
}

# And what the long ones need: clients that are not ours, what counts instructions and system calls,
# a browser, LLVM's standard library, and what stands around a server.
install_public_tools() {
    missing=$(missing_of curl wrk nghttp2-client apache2-utils slowhttptest valgrind strace \
        chromium nodejs libc++-16-dev libc++abi-16-dev nginx openssl systemd postgresql | xargs)
    # shellcheck disable=SC2086 # a list of words
    if [ -n "$missing" ]; then apt_install $missing; fi
}

# With many random address bits, what is built with -fsanitize=thread does not start.
few_random_bits() {
    bits=$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 28)
    if [ "$bits" -gt 28 ]; then setarch -R "$@"; else "$@"; fi
}

# What ThreadSanitizer can't run: what counts threads (it has one of its own), thousands of clients,
# and two kinds of signals. One that comes during recv, as in 01, is held back until recv is over. And
# a thread that is busy gets it at its next call; if it ends before that, the signal is lost. Under
# strace, which stops the main thread often, the kernel gives the signal to such a thread.
not_under_tsan='^01_blocking/contract|5,000|a thread, and gives|dealt out|each thread counts'
not_under_tsan="$not_under_tsan|an answer leaves|is not durable, and the check notices"

# The contract once more, with other options or another database: with a sanitizer only at night.
variants='/(postgres|poll|pool|save-on-loop)/contract/'

# test_preset NAME [options of ctest]: configures, builds and tests what the preset can run, but not
# the tests that match $left_out.
left_out='^$'
test_preset() {
    preset=$1
    shift
    skip=$left_out
    if [ "$preset" = tsan ]; then skip="$skip|$not_under_tsan"; fi
    set -- "$@" -E "$skip"
    step configure "$preset"
    quietly configure cmake --preset "$preset"
    step build "$preset"
    quietly build few_random_bits cmake --build --preset "$preset"
    step test "$preset"
    show_tests "$root/build/$preset" few_random_bits ctest --preset "$preset" -j "$test_jobs" "$@"
}
