#!/bin/sh
# bench/serve.sh [STORE] - how long `tocsin serve` takes until it listens and until its first answer,
# and what it holds when it is idle: median of nine starts. Without a store a new one is made. JSON
# lines on standard output.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
tocsin=${TOCSIN:-$root/build/release/tocsin}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM
size=warm
case ${1:-} in
'') store=$work/intel.db && "$tocsin" init "$store" --config "$work/tc.conf" >/dev/null ;;
*) store=$(realpath "$1") && size=large ;;
esac
cd "$work"
now() { date +%s%N; }
for _ in 1 2 3 4 5 6 7 8 9; do
    rm -f listening
    mkfifo listening
    start=$(now)
    "$tocsin" serve "$store" --listen 127.0.0.1:0 >listening 2>said &
    server=$!
    read -r line <listening
    echo $((($(now) - start) / 1000)) >>starts
    # Any answer will do: without a signature it is 401.
    curl -s -o answer "${line#listening on }/v2/owners"
    echo $((($(now) - start) / 1000)) >>answers
    sleep 0.2
    awk '/VmRSS/ { print $2 }' "/proc/$server/status" >>resident
    kill "$server"
    wait "$server" || true
    server=
done
median() { sort -n "$1" | sed -n 5p; }
printf '{"bench":"serve_start_%s","value":%s,"unit":"ms","first_answer":%s}\n' "$size" \
    "$(awk -v us="$(median starts)" 'BEGIN { print us / 1000 }')" \
    "$(awk -v us="$(median answers)" 'BEGIN { print us / 1000 }')"
printf '{"bench":"serve_idle_%s","value":%s,"unit":"kB"}\n' "$size" "$(median resident)"
