#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Counts instructions per simulated request and compares them with Results/speed/instructions.txt.
# With --record it writes that file instead.
set -eu
cd "$(dirname "$0")/.."

expected=Results/speed/instructions.txt
tolerance=3
case "${1-}" in
  '' | --record) ;;
  *) echo "usage: Scripts/instructions.sh [--record]" >&2; exit 64 ;;
esac
if ! command -v valgrind >/dev/null 2>&1; then
  echo "instructions: valgrind is not installed (apt-get install valgrind), skipped" >&2
  exit 0
fi
swift build -c release --product plimsoll-bench
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Valgrind cannot read all of Swift's debug information.
strip -o "$folder/bench" .build/release/plimsoll-bench

# count MINUTES [OPTION]: the instructions of a run of so many minutes.
count() {
  # shellcheck disable=SC2086
  valgrind --tool=callgrind --callgrind-out-file="$folder/counts" \
    "$folder/bench" --runs 1 --alone --minutes "$1" ${2-} >"$folder/log-$1" 2>&1 ||
    { cat "$folder/log-$1" >&2; exit 1; }
  sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$folder/log-$1"
}

# measure NAME [OPTION]: start-up cancels in the difference of one minute and four. Minutes have a
# thousand or so requests more or less, so requests are taken from the runs themselves.
measure() {
  short=$(count 1 "${2-}")
  long=$(count 4 "${2-}")
  requests=$(($(arrived 4) - $(arrived 1)))
  echo "$1 $(((long - short + requests / 2) / requests))"
}

# arrived MINUTES: how many requests the last run of so many minutes had.
arrived() {
  sed -n 's/^requests  *\([0-9]*\)$/\1/p' "$folder/log-$1"
}

{
  measure bare
  measure policies --policies
} >"$folder/measured"

if [ "${1-}" = --record ]; then
  mkdir -p "$(dirname "$expected")"
  cp "$folder/measured" "$expected"
  echo "recorded in $expected:"
  cat "$expected"
  exit 0
fi

status=0
while read -r name instructions; do
  allowed=$(sed -n "s/^$name //p" "$expected")
  if [ -z "$allowed" ]; then
    echo "instructions: $expected says nothing of '$name'; Scripts/instructions.sh --record" >&2
    exit 1
  fi
  echo "instructions a request, $name: $instructions, recorded $allowed"
  if [ $((instructions * 100)) -gt $((allowed * (100 + tolerance))) ]; then
    echo "instructions: $name takes over $tolerance % more than recorded" >&2
    status=1
  elif [ $((instructions * 100)) -lt $((allowed * (100 - tolerance))) ]; then
    echo "instructions: $name takes over $tolerance % less; record it: Scripts/instructions.sh --record"
  fi
done <"$folder/measured"
exit "$status"
