#!/bin/bash
# tests/crash.sh [ROUNDS] - kills the server that many times (100) with kill -9, in the middle of
# single writes, uploads and batch imports, and checks after each that nothing acknowledged is lost.
# It builds what it needs.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-100}
build=build/dev
[ -d "$build" ] || cmake --preset dev >/dev/null
cmake --build "$build" --parallel "$(nproc)" --target tocsin wire_acknowledged wire_crash >/dev/null
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
export TOCSIN=$PWD/$build/tocsin TOC_CRASH_ROUNDS=$rounds XDG_STATE_HOME=$state
"$build/tests/wire_acknowledged"
"$build/tests/wire_crash"
echo "crash: $rounds kills of each kind, nothing acknowledged was lost"
