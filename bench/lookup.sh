#!/bin/sh
# bench/lookup.sh FILE.csv[.gz] [VALUES] - a million values (VALUES says how many) against a store of
# that file, embedded and over HTTP on loopback: the values of the file, and as many again that are
# nowhere as it takes, shuffled. Wall time and the most memory of the program. JSON lines on standard
# output.
set -eu
file=$(realpath "$1")
values=${2:-1000000}
root=$(cd "$(dirname "$0")/.." && pwd)
tocsin=${TOCSIN:-$root/build/release/tocsin}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM
cd "$work"

now() { date +%s.%N; }
# measure NAME COUNT ARGUMENTS...: runs the lookup of values.txt and prints a line
measure() {
    name=$1 count=$2
    shift 2
    start=$(now)
    "$tocsin" -q "$@" lookup --file "values$count.txt" >answers &
    program=$!
    peak=0
    while kill -0 "$program" 2>/dev/null; do
        seen=$(awk '/VmHWM/ { print $2 }' "/proc/$program/status" 2>/dev/null || true)
        peak=${seen:-$peak}
        sleep 0.1
    done
    wait "$program"
    awk -v n="$name" -v c="$count" -v a="$start" -v b="$(now)" -v r="$peak" 'BEGIN {
        printf "{\"bench\":\"%s\",\"value\":%.0f,\"unit\":\"values/s\",\"values\":%d,", n, c / (b - a), c
        printf "\"seconds\":%.2f,\"resident_kb\":%d}\n", b - a, r }'
    [ "$(wc -l <answers)" -eq "$count" ]
}

case $file in *.gz) zcat "$file" >in.csv ;; *) ln -s "$file" in.csv ;; esac
"$tocsin" init intel.db >/dev/null
"$tocsin" -q --api file:intel.db import in.csv --owner Demo --rejects rejected || [ $? -eq 3 ]
# The values as the store has them, so that commas and quotes of the file do no harm.
"$tocsin" -q --api file:intel.db get indicators --format list >known
{
    head -n "$values" known
    awk -v n="$values" -v k="$(wc -l <known)" \
        'BEGIN { for (i = k; i < n; i++) print "host-" i ".unknown.example" }'
} | awk 'BEGIN { srand(1) } { printf "%.9f\t%s\n", rand(), $0 }' | sort | cut -f2- >"values$values.txt"
tenth=$((values / 10))
head -n "$tenth" "values$values.txt" >"values$tenth.txt"

measure lookup_embedded "$values" --api file:intel.db
"$tocsin" serve intel.db --listen 127.0.0.1:0 -q >listening &
server=$!
until grep -q listening listening; do sleep 0.05; done
measure lookup_http "$tenth" --api "$(sed 's/listening on //' listening)"
