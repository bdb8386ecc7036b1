# Words that `course` and .ci/run share: saying what is done, and installing packages.
# Whoever reads this file has set $root to the project's folder.
# shellcheck shell=sh disable=SC2154

apt_packages='cmake ninja-build g++ libasio-dev catch2 libsqlite3-dev libpq-dev
    libfmt-dev libcli11-dev nlohmann-json3-dev strace'
brew_packages='cmake ninja asio catch2 sqlite libpq fmt cli11 nlohmann-json llhttp'

# Tests wait for much of their time: there may be more of them at once than processors.
# shellcheck disable=SC2034 # those read it who run tests
test_jobs=$(($(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) * 3 / 2))

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
else
    bold='' plain=''
fi

step() { printf '%s%-10s%s %s\n' "$bold" "$1" "$plain" "${2:-}"; }
fail() { echo "${0##*/}: $1" >&2 && exit "${2:-1}"; }
have() { command -v "$1" >/dev/null 2>&1; }

# skipped WHAT: it can't be run here. Where nothing may be skipped (SIX_NO_SKIP), that is a failure.
skipped() {
    if [ -n "${SIX_NO_SKIP:-}" ]; then fail "SIX_NO_SKIP is set, and this cannot be run: $1"; fi
    step skipped "$1"
}

# quietly NAME COMMAND...: its output goes to build/log/NAME.log, and is shown if it fails.
quietly() {
    log=$root/build/log/$1.log
    mkdir -p "$root/build/log"
    shift
    if "$@" >"$log" 2>&1 </dev/null; then return 0; fi
    # Of a build, what failed first is what to look at.
    { if grep -q '^FAILED:' "$log"; then sed -n '/^FAILED:/,$p' "$log"; else cat "$log"; fi; } |
        head -n 80 >&2
    fail "this failed: $* (the whole log: $log)"
}

# show_tests FOLDER CTEST...: runs the tests that were built in the folder, and shows on a terminal
# one line that moves, else what failed; then the summary, and what was skipped.
show_tests() {
    output=$1/Testing/Temporary/LastTest.log status=0
    shift
    if [ -t 1 ]; then
        CTEST_PROGRESS_OUTPUT=1 "$@" </dev/null || status=$?
    else
        log=$root/build/log/ctest.log
        mkdir -p "$root/build/log"
        "$@" >"$log" 2>&1 </dev/null || status=$?
        # CTest's own list of what did not run tells no reasons.
        grep -a -v -e '^ *Start ' -e ' Passed  ' -e '[*]Skipped ' -e '(Skipped)$' \
            -e '^The following tests did not run:' "$log" || true
    fi
    show_skipped "$output"
    return $status
}

# show_skipped FILE: why tests were skipped, and which, from the output of all tests.
show_skipped() {
    if [ ! -e "$1" ] || ! grep -a -q '^SKIPPED: ' "$1"; then return 0; fi
    step skipped 'these tests prove nothing here:'
    awk '/^[0-9]+\/[0-9]+ Test: / { sub("^[^ ]* Test: ", ""); test = $0 }
        /^SKIPPED: / {
            sub("^SKIPPED: ", "")
            if (!seen[$0, test]++) tests[$0] = tests[$0] "\n             " test
        }
        END { for (reason in tests) print "           " reason ":" tests[reason] }' "$1"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        have sudo || fail "only root can do this: $*"
        sudo "$@" # asks for a password on the terminal, if it needs one
    fi
}

apt_get() {
    quietly apt-get as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -y -o DPkg::Lock::Timeout=120 "$@"
}

in_apt() { apt-cache show "$1" >/dev/null 2>&1; }
installed() {
    if have apt-get; then
        dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok'
    else
        [ -d "$(brew --prefix)/opt/$1" ]
    fi
}

# Prints those of the named packages that are missing. A tool may have come from elsewhere.
missing_of() {
    for package; do
        case $package in
            cmake | g++ | ninja) have "$package" || echo "$package" ;;
            ninja-build) have ninja || echo "$package" ;;
            nodejs) have node || echo "$package" ;;
            *) installed "$package" || echo "$package" ;;
        esac
    done
}

# The HTTP parser is a library from Debian 13 on. Debian 12 has its C sources, in a package that
# would bring all of Node.js along: it is only unpacked, where cmake/Findllhttp.cmake looks.
llhttp_sources=$root/build/llhttp
needs_llhttp_sources() {
    ! in_apt libllhttp-dev && ! installed node-llhttp && [ ! -d "$llhttp_sources" ]
}
unpack_llhttp() (
    step packages 'unpacking node-llhttp (not installed: only its C sources are needed)'
    temporary=$(mktemp -d)
    cd "$temporary"
    quietly apt-get apt-get download node-llhttp
    mkdir -p "$llhttp_sources"
    quietly dpkg dpkg-deb --extract ./*.deb "$llhttp_sources"
    rm -r "$temporary"
)

# Prints what the build needs and the machine does not have.
missing_packages() {
    if have apt-get; then
        # shellcheck disable=SC2086 # a list of words
        missing_of $apt_packages
        if in_apt libllhttp-dev; then missing_of libllhttp-dev; fi
    elif have brew; then
        # shellcheck disable=SC2086 # a list of words
        missing_of $brew_packages
    elif ! have cmake || ! have ninja; then
        echo "$brew_packages"
    fi
}

apt_install() {
    step packages "installing $*"
    apt_get update
    apt_get install --no-install-recommends "$@"
}

# Installs what the build needs. Without apt, says what that is.
install_packages() {
    # A fresh machine has no list of packages yet.
    if have apt-get && ! in_apt cmake; then apt_get update; fi
    missing=$(missing_packages | xargs)
    if have apt-get && needs_llhttp_sources; then unpack_llhttp; fi
    if [ -z "$missing" ]; then return 0; fi
    have apt-get || fail "packages are missing; with Homebrew: brew install $missing
(elsewhere: the same ones by other names; cmake >= 3.25, and g++ >= 12 or clang >= 16)"
    # shellcheck disable=SC2086 # a list of words
    apt_install $missing
}
