#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Validates every shipped scenario with the command already built, and names each that fails.
# The files under Scenarios/prices are price books and no scenarios.

set -eu
cd "$(dirname "$0")/.."

command=.build/release/plimsoll

list=$(mktemp)
trap 'rm -f "$list"' EXIT
find Scenarios -path Scenarios/prices -prune -o -type f -name '*.yaml' -print | LC_ALL=C sort >"$list"
if [ ! -s "$list" ]; then
  printf 'scenarios: there is none under Scenarios/\n' >&2
  exit 1
fi

count=0
failed=0
while IFS= read -r scenario; do
  count=$((count + 1))
  "$command" validate "$scenario" </dev/null || {
    printf 'scenarios: %s is not valid\n' "$scenario" >&2
    failed=$((failed + 1))
  }
done <"$list"

printf '%s scenarios, %s not valid\n' "$count" "$failed"
[ "$failed" -eq 0 ]
