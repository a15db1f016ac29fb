#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One scenario and seed give one digest: on one job and on two, twice in a row, from the debug
# command, and on a processor without fused multiply-add. Prints a line a corner and stops at the
# first that differs. The release command is built already; the debug command is built here.
#
#   Scripts/digests.sh [SCENARIO]

set -eu
cd "$(dirname "$0")/.."

scenario=${1-Scenarios/smoke.yaml}
release=.build/release/plimsoll
debug=.build/debug/plimsoll

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

swift build -c debug --product plimsoll >"$temporary/build" 2>&1 || {
  cat "$temporary/build" >&2
  exit 1
}

expected=
run=0

# corner NAME COMMAND ARGUMENTS…: runs the scenario into a database of its own, compares the digest.
corner() {
  name=$1
  shift
  run=$((run + 1))
  "$@" --format json --db "$temporary/$run.sqlite" --quiet >"$temporary/$run.json" || {
    printf 'digests: %s: the command ended with %s\n' "$name" "$?" >&2
    exit 1
  }
  digest=$(tr '\n' ' ' <"$temporary/$run.json" |
    grep -o '"digest" *: *"[^"]*"' | sed -n '1s/.*"\([^"]*\)"$/\1/p')
  if [ -z "$digest" ]; then
    printf 'digests: %s: no "digest" in the output\n' "$name" >&2
    exit 1
  fi
  [ -n "$expected" ] || expected=$digest
  if [ "$digest" != "$expected" ]; then
    printf 'digests: %-24s %s, and not %s\n' "$name" "$digest" "$expected" >&2
    exit 1
  fi
  printf '%-24s %s\n' "$name" "$digest"
}

without_fma=glibc.cpu.hwcaps=-FMA,-AVX2,-FMA4

corner 'release, 1 job' "$release" run "$scenario" --jobs 1
corner 'release, 1 job, again' "$release" run "$scenario" --jobs 1
corner 'release, 2 jobs' "$release" run "$scenario" --jobs 2
corner 'debug' "$debug" run "$scenario" --jobs 1
corner 'release, without FMA' env GLIBC_TUNABLES="$without_fma" "$release" run "$scenario" --jobs 1
