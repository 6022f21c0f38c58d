#!/bin/sh
# tools/demo.sh - the main job on the embedded default: no server, no account, no network.
# A feed of indicators goes into a fresh store file and comes out filtered, as CEF lines.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
tocsin=${TOCSIN:-$root/build/release/tocsin}
data=$root/tests/data
if [ ! -x "$tocsin" ]; then
    echo "demo: $tocsin is not built; run make build first" >&2
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
export HOME="$work" # the user's own settings are for something else
cp "$data/sample.csv" sample.csv
cp "$data/sample-groups.csv" groups.csv

say() {
    printf '\n# %s\n' "$1"
}
run() {
    printf '$ tocsin %s\n' "$*"
    "$tocsin" "$@"
}

say "Make an intelligence store: one file."
run init intel.db
say "Import a feed: the label column names each row's group and tag."
run --api file:intel.db import sample.csv --owner Demo \
    --group-column label --tag-column label --groups groups.csv
say "Ask for everything tagged emotet, as CEF for a log collector."
run --api file:intel.db get indicators --tag emotet --format cef
