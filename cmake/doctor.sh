# `course doctor`: is this machine ready, and what to do if it is not? Read by `course`.
# shellcheck shell=sh

good() { printf '  ok    %s\n' "$1"; }
# shellcheck disable=SC2154 # $bold and $plain: setup.sh
bad() { printf '%s  !!    %s%s\n        %s\n' "$bold" "$1" "$plain" "$2"; }

# tool COMMAND LOWEST ADVICE: is it there, and new enough?
tool() {
    if ! have "$1"; then
        bad "$1 is missing" "$3"
        return 0
    fi
    version=$("$1" --version | grep -o '[0-9][0-9]*\.[0-9][0-9.]*' | head -n 1)
    oldest=$(printf '%s\n%s\n' "$2" "$version" | sort -t . -k 1,1n -k 2,2n | head -n 1)
    if [ "$oldest" = "$2" ]; then
        good "$1 $version"
    else
        bad "$1 $version is older than $2" "$3"
    fi
}

# at_least WHAT LOWEST VALUE ADVICE. No value: this system knows no such limit.
at_least() {
    case $3 in
        '' | unlimited | max) good "$1: no limit" ;;
        *) if [ "$3" -ge "$2" ]; then good "$1: $3"; else bad "$1: $3, less than $2" "$4"; fi ;;
    esac
}

# limit soft|hard NAME: the limit of this name in /proc/self/limits.
limit() {
    if [ "$1" = soft ]; then other=''; else other='[^ ]*  *'; fi
    sed -n "s/^Max $2  *$other\([^ ]*\).*/\1/p" /proc/self/limits 2>/dev/null || true
}
system() { cat "$1" 2>/dev/null || true; }

find_clang() {
    for clang in clang++-16 clang++-17 clang++-18 clang++-19 clang++-20 clang++; do
        if have $clang && [ "$($clang -dumpversion | cut -d . -f 1)" -ge 16 ]; then return 0; fi
    done
    return 1
}

# sanitizer NAME ADVICE: does a program that was built with it start?
sanitizer() {
    # shellcheck disable=SC2154 # $root: course
    program=$root/build/doctor
    echo 'int main() {}' >"$program.cpp"
    if ! "$clang" "-fsanitize=$1" "$program.cpp" -o "$program" 2>/dev/null; then
        bad "$clang -fsanitize=$1 builds nothing" 'Debian 12: apt install libclang-rt-16-dev'
    elif ! "$program" 2>/dev/null; then
        bad "what $clang -fsanitize=$1 builds does not start" "$2"
    else
        good "$clang -fsanitize=$1"
    fi
    rm -f "$program" "$program.cpp"
}

# 05 and 06 are tested with 10,000 connections, 02 with 5,000 threads.
limits_of_linux() {
    at_least 'open files' 10100 "$(limit hard 'open files')" \
        'see limits.conf(5); docker run --ulimit nofile=20000'
    at_least 'threads of one user' 6000 "$(limit soft processes)" 'see limits.conf(5)'
    at_least 'threads of the system' 6000 "$(system /proc/sys/kernel/pid_max)" \
        'sudo sysctl kernel.pid_max=32768'
    at_least 'threads of this container' 6000 "$(system /sys/fs/cgroup/pids.max)" \
        'docker run --pids-limit 20000'
}
limits_of_macos() {
    at_least 'open files' 10100 "$(sysctl -n kern.maxfilesperproc)" \
        'sudo sysctl kern.maxfilesperproc=20000'
    at_least 'threads of a process' 5301 "$(sysctl -n kern.num_taskthreads)" \
        'the kernel sets it, by the size of the memory'
    at_least 'clients in line' 4096 "$(sysctl -n kern.ipc.somaxconn)" \
        'who finds no place tries again a second later: sudo sysctl kern.ipc.somaxconn=4096'
}

doctor() {
    mkdir -p "$root/build"
    step system "$(uname -sm), $(getconf _NPROCESSORS_ONLN) cores"
    step packages '(demo and test install them)'
    missing=$(missing_packages | xargs)
    if [ -z "$missing" ]; then good 'all there'; else bad "missing: $missing" './course test'; fi
    step tools
    tool cmake 3.25 'Debian 12: apt install cmake; Homebrew: brew install cmake'
    tool ninja 1.10 'Debian 12: apt install ninja-build; Homebrew: brew install ninja'
    if [ "$(uname)" = Darwin ]; then
        tool clang++ 15 'Xcode 15 or newer: xcode-select --install'
    else
        tool g++ 12 'Debian 12: apt install g++; or clang 16 and newer: CXX=clang++-16 ./course test'
    fi
    tool git 2.20 'needed by diff. Debian 12: apt install git'
    step limits '(where one is lower, tests are skipped, and the demo serves fewer clients)'
    if [ "$(uname)" = Darwin ]; then limits_of_macos; else limits_of_linux; fi
    step sanitizers '(of the presets asan and tsan)'
    if find_clang; then
        sanitizer address,undefined 'see what it prints'
        sanitizer thread "sudo sysctl vm.mmap_rnd_bits=28 (now: $(system \
            /proc/sys/vm/mmap_rnd_bits)), or start it with: setarch -R"
    else
        bad 'clang 16 or newer is missing' 'Debian 12: apt install clang-16'
    fi
}
