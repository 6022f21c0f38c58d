#!/bin/sh
# bench/program.sh - what a script pays for each call of the program: `tocsin --version` and `tocsin
# xid`, from start to end, median of 101 runs (aim: 5 ms); and how large the program is without its
# symbols (aim: 5 MB). JSON lines on standard output.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
tocsin=$(realpath "${TOCSIN:-$root/build/release/tocsin}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"

# measure NAME ARGUMENTS...
measure() {
    python3 -c 'import json, os, sys, time
name, program = sys.argv[1], sys.argv[2:]
quiet = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
times = []
for _ in range(101):
    began = time.monotonic()
    _, status = os.waitpid(os.posix_spawn(program[0], program, os.environ, file_actions=quiet), 0)
    times.append((time.monotonic() - began) * 1e3)
    if status:
        sys.exit(f"{name}: status {status}")
times.sort()
print(json.dumps({"bench": name, "value": round(times[50], 3), "unit": "ms",
                  "highest": round(times[-1], 3), "runs": len(times)}))' "$@"
}

measure program_version "$tocsin" --version
measure program_xid "$tocsin" xid Demo Address 192.0.2.1
strip -o stripped "$tocsin"
printf '{"bench":"program_stripped","value":%d,"unit":"kB"}\n' $(($(stat -c %s stripped) / 1024))
