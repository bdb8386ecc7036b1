# Starts and stops servers, for checks from outside. Whoever reads this file has set $preset.
# shellcheck shell=sh disable=SC2034,SC2154

work=$(mktemp -d)
server=''
clean_up() {
    if [ -n "$server" ]; then kill -KILL "$server" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# With many random address bits, what is built with -fsanitize=thread does not start.
few_bits=''
if [ "$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 28)" -gt 28 ]; then
    few_bits='setarch -R'
fi

# start_server NAME [options]: on a free port, with a database of its own. Sets $server (its process)
# and $url. What it writes goes to $work/out and $work/err.
start_server() {
    name=$1
    shift
    rm -f "$work"/items.db*
    : >"$work/out" # of the server before
    $few_bits "build/$preset/bin/$name" --port 0 --database "$work/items.db" "$@" \
        >"$work/out" 2>"$work/err" &
    server=$!
    tries=0
    until url=http://$(sed -n 's/^listening on //p' "$work/out") && [ "$url" != http:// ]; do
        tries=$((tries + 1))
        if [ $tries -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
            cat "$work/err" >&2
            fail "$name does not start"
        fi
        sleep 0.1
    done
}

# stop_server: tells it to stop, and sets $status to what it exits with.
stop_server() {
    kill -TERM "$server"
    status=0
    wait "$server" || status=$?
    server=''
}

# need TOOL PACKAGE: false, and says so, if there is no such tool and one may do without.
need() {
    if have "$1"; then return 0; fi
    skipped "$1 (Debian: $2)"
    return 1
}
