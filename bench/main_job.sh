#!/bin/sh
# bench/main_job.sh FILE.csv[.gz] [GROUPS.csv] - the main job on a real file, embedded and over HTTP
# on loopback: wall time, what the way over HTTP costs beside the embedded store (aim: at most 1.3),
# and the most memory that client (aim: under 64 MB) and server (200 MB) held. JSON lines on standard
# output.
set -eu
file=$(realpath "$1")
groups=${2:+$(realpath "$2")}
root=$(cd "$(dirname "$0")/.." && pwd)
tocsin=${TOCSIN:-$root/build/release/tocsin}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM
cd "$work"

now() { date +%s.%N; }
# line NAME COUNT SECONDS [RESIDENT_KB]
line() {
    awk -v n="$1" -v c="$2" -v s="$3" -v r="${4:-0}" 'BEGIN {
        printf "{\"bench\":\"%s\",\"value\":%.0f,\"unit\":\"records/s\",\"records\":%d,", n, c / s, c
        printf "\"seconds\":%.2f,\"resident_kb\":%d}\n", s, r }'
}
# figure NAME VALUE UNIT AIM
figure() { printf '{"bench":"%s","value":%s,"unit":"%s","aim":%s}\n' "$1" "$2" "$3" "$4"; }
# import API ...: runs it; the file resident has the most memory it held, in kB.
import() {
    api=$1
    shift
    python3 -c 'import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss, file=open("resident", "w"))
sys.exit(os.waitstatus_to_exitcode(status))' "$tocsin" -q --api "$api" import "$@" || [ $? -eq 3 ]
}
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { print b - a }'; }
peak() { awk '/VmHWM/ { print $2 }' "/proc/$1/status"; }

case $file in *.gz) records=$(zcat "$file" | wc -l) ;; *) records=$(wc -l <"$file") ;; esac
records=$((records - 1))
set -- --owner Demo --group-column label --tag-column label ${groups:+--groups "$groups"}

"$tocsin" init embedded.db >/dev/null
start=$(now)
import file:embedded.db "$file" "$@"
embedded=$(since "$start")
line import_embedded "$records" "$embedded" "$(cat resident)"
start=$(now)
import file:embedded.db "$file" "$@"
line import_embedded_again "$records" "$(since "$start")" "$(cat resident)"

start=$(now)
"$tocsin" --api file:embedded.db get indicators --format cef >embedded.cef
line read_cef_embedded "$(wc -l <embedded.cef)" "$(since "$start")"
start=$(now)
"$tocsin" --api file:embedded.db get indicators --tag emotet --format cef >tag.cef
line tag_cef_embedded "$(wc -l <tag.cef)" "$(since "$start")"

rm -f tc.conf
"$tocsin" init served.db >/dev/null
"$tocsin" serve served.db --listen 127.0.0.1:0 >listening &
server=$!
until grep -q listening listening; do sleep 0.05; done
api=$(sed 's/listening on //' listening)
start=$(now)
import "$api" "$file" "$@"
http=$(since "$start")
line import_http "$records" "$http" "$(peak "$server")"
figure import_http_of_embedded "$(awk -v a="$http" -v b="$embedded" 'BEGIN { printf "%.2f", a / b }')" \
    seconds/seconds 1.3
figure import_http_client_resident "$(cat resident)" kB 65536
figure import_http_server_resident "$(peak "$server")" kB 204800
start=$(now)
"$tocsin" --api "$api" get indicators --format cef >served.cef
line read_cef_http "$(wc -l <served.cef)" "$(since "$start")" "$(peak "$server")"
