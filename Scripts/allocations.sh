#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Counts heap blocks of a short and a long simulation, and of few and many decisions: neither a request
# nor a decision may allocate anything.
set -eu
cd "$(dirname "$0")/.."

if ! command -v valgrind >/dev/null 2>&1; then
  echo "allocations: valgrind is not installed (apt-get install valgrind), skipped" >&2
  exit 0
fi
swift build -c release --product plimsoll-bench
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Valgrind cannot read all of Swift's debug information.
strip -o "$folder/bench" .build/release/plimsoll-bench

# blocks OPTIONS: how many heap blocks a run with these options takes.
blocks() {
  # shellcheck disable=SC2086
  valgrind --tool=dhat --dhat-out-file="$folder/dhat" "$folder/bench" $1 >"$folder/log" 2>&1 ||
    { cat "$folder/log" >&2; exit 1; }
  sed -n 's/.*Total:.* in \([0-9,]*\) blocks.*/\1/p' "$folder/log" | tr -d ,
}

# compare NAME SHORT LONG WORK: the record of each minute may take some blocks, and tables that grow by
# doubling a few.
compare() {
  short=$(blocks "$2")
  long=$(blocks "$3")
  echo "heap blocks, $1: $short and $long, $((long - short)) for $4 more"
  if [ "$((long - short))" -gt 200 ]; then
    echo "allocations: $1 allocates" >&2
    exit 1
  fi
}

loop='--runs 1 --alone'
compare 'a request' "$loop --minutes 1" "$loop --minutes 6" '374,400 requests'
compare 'a request with cache and de-duplication' "$loop --policies --minutes 1" \
  "$loop --policies --minutes 6" '374,400 requests'
# A run times 20 rounds of 20,480 decisions of each kind.
compare 'a decision' '--decisions --runs 1' '--decisions --runs 2' '409,600 decisions of each kind'
