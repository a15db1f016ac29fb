#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Holds the peak memory of runs of a day and of thirty against its bars: what the system counts, no time.
set -eu
cd "$(dirname "$0")/.."

swift build -c release --product plimsoll-bench
log=$(mktemp)
trap 'rm -f "$log"' EXIT
.build/release/plimsoll-bench --only memory >"$log" || { cat "$log" >&2; exit 1; }
cat "$log"
if ! grep -q ' met$' "$log" || grep -q 'NOT MET$' "$log"; then
  echo "memory: a bar is not met" >&2
  exit 1
fi
