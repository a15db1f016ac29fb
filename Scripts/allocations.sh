#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Counts heap blocks of a short and a long simulation: a request must allocate nothing.
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

# blocks MINUTES [OPTION]: how many heap blocks a run of so many minutes takes.
blocks() {
  # shellcheck disable=SC2086
  valgrind --tool=dhat --dhat-out-file="$folder/dhat" "$folder/bench" --runs 1 --minutes "$1" ${2-} \
    >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
  sed -n 's/.*Total:.* in \([0-9,]*\) blocks.*/\1/p' "$folder/log" | tr -d ,
}

# compare NAME [OPTION]: five more minutes are 374,400 more requests. The record of each minute may take
# some blocks, and tables that grow by doubling a few.
compare() {
  short=$(blocks 1 "${2-}")
  long=$(blocks 6 "${2-}")
  echo "heap blocks, $1: $short for 1 minute, $long for 6 minutes, $((long - short)) for 374,400 requests"
  if [ "$((long - short))" -gt 200 ]; then
    echo "allocations: requests allocate" >&2
    exit 1
  fi
}

compare 'bare'
compare 'cache and de-duplication' --policies
