#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Compares the digests of every shipped scenario between two builds of the command: a change that moves
# code must move no result. Runs one replication of each, prints both digests a line, and ends with 1
# where two differ. Files that are no scenario (studies, claims, price books) are left out.
#
#   Scripts/compare-digests.sh OLD NEW [SCENARIO...]
#   Scripts/compare-digests.sh --list COMMAND [SCENARIO...] >FILE
#
# OLD and NEW are commands, or files that --list wrote.

set -eu

if [ $# -lt 2 ]; then
  echo "usage: Scripts/compare-digests.sh OLD NEW [SCENARIO...], or --list COMMAND [SCENARIO...]" >&2
  exit 64
fi
root=$(cd "$(dirname "$0")/.." && pwd)
first=$(realpath -s "$1" 2>/dev/null || echo "$1")
[ "$1" != --list ] || first=--list
second=$(realpath -s "$2")
shift 2
cd "$root"

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ $# -gt 0 ]; then
  printf '%s\n' "$@" >"$temporary/scenarios"
else
  find Scenarios -path Scenarios/prices -prune -o -type f -name '*.yaml' -print |
    LC_ALL=C sort >"$temporary/scenarios"
fi

# digests COMMAND: the digest and path of each scenario, a line each.
digests() {
  while IFS= read -r scenario; do
    rm -f "$temporary"/run*
    "$1" run "$scenario" --replications 1 --quiet --format json --db "$temporary/run.sqlite" \
      >"$temporary/run.json" 2>"$temporary/run.errors" </dev/null || true
    digest=$(tr '\n' ' ' <"$temporary/run.json" |
      grep -o '"digest" *: *"[^"]*"' | sed -n '1s/.*"\([^"]*\)"$/\1/p') || true
    printf '%s %s\n' "${digest:-none}" "$scenario"
  done <"$temporary/scenarios"
}

# read_or_run OLD_OR_NEW: what --list wrote, or the digests of a command.
read_or_run() {
  if [ -x "$1" ]; then digests "$1"; else cat "$1"; fi
}

if [ "$first" = --list ]; then
  digests "$second"
  exit 0
fi
read_or_run "$first" >"$temporary/old"
read_or_run "$second" >"$temporary/new"
status=0
count=0
while read -r digest scenario; do
  old=$(sed -n "s|^\([^ ]*\) $scenario\$|\1|p" "$temporary/old")
  [ "$digest" = none ] && [ "$old" = none ] && continue
  count=$((count + 1))
  if [ "$digest" = "$old" ]; then
    verdict=equal
  else
    verdict=DIFFERENT
    status=1
  fi
  printf '%-9s %.16s %.16s %s\n' "$verdict" "${old:-none}" "$digest" "$scenario"
done <"$temporary/new"
if [ "$count" -eq 0 ]; then
  echo 'compare-digests: no scenario ran' >&2
  exit 1
fi
printf '%s scenarios, %s\n' "$count" "$([ "$status" -eq 0 ] && echo 'all equal' || echo 'not all equal')"
exit "$status"
