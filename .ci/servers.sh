# Starts and stops servers, for checks from outside. Whoever reads this file has set $preset.
# shellcheck shell=sh disable=SC2034,SC2154

work=$(mktemp -d)
server='' cluster=''
clean_up() {
    if [ -n "$server" ]; then kill -KILL "$server" 2>/dev/null || true; fi
    stop_postgres
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# With many random address bits, what is built with -fsanitize=thread does not start.
few_bits=''
if [ "$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 28)" -gt 28 ]; then
    few_bits='setarch -R'
fi

# start_server NAME [options]: on a free port, with a database of its own, and by $traced if that is
# set. Sets $server (its process) and $url. What it writes goes to $work/out and $work/err.
traced=''
start_server() {
    name=$1
    shift
    rm -f "$work"/items.db*
    : >"$work/out" # of the server before
    # shellcheck disable=SC2086 # nothing, or a command and its options
    $traced $few_bits "build/$preset/bin/$name" --port 0 --database "$work/items.db" "$@" \
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

# PostgreSQL refuses to be root.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then set -- setpriv --reuid postgres --regid postgres --clear-groups "$@"; fi
    (cd / && exec "$@")
}

# start_postgres: an empty cluster of its own, on a socket in its folder. Sets $store (for --store).
start_postgres() {
    programs=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -n 1) # the newest
    cluster=$(mktemp -d)
    if [ "$(id -u)" -eq 0 ]; then chown postgres: "$cluster"; fi
    as_postgres "$programs/initdb" -D "$cluster/data" -U six -A trust -E UTF8 --no-locale --no-sync \
        >"$work/err" 2>&1 || { cat "$work/err" >&2 && fail 'initdb'; }
    as_postgres "$programs/pg_ctl" start -w -s -D "$cluster/data" -l "$cluster/log" \
        -o "-k $cluster -c listen_addresses=" || { cat "$cluster/log" >&2 && fail 'PostgreSQL'; }
    store="postgresql://six@/template1?host=$cluster"
}

# stop_postgres: it saves nothing, and its files go. Nothing happens if it doesn't run.
stop_postgres() {
    if [ -z "$cluster" ]; then return 0; fi
    as_postgres "$programs/pg_ctl" stop -s -m immediate -D "$cluster/data" || true
    rm -rf "$cluster"
    cluster=''
}

# need TOOL PACKAGE: false, and says so, if there is no such tool and one may do without.
need() {
    if have "$1"; then return 0; fi
    skipped "$1 (Debian: $2)"
    return 1
}
