#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This project gates itself: judges the scenarios of Scenarios/gate and holds each against its committed
# results, with the command already built.
#
#   Scripts/gate.sh            judges
#   Scripts/gate.sh --remake   writes the results that later runs are held against

set -eu
cd "$(dirname "$0")/.."

command=.build/release/plimsoll
baseline=Results/gate/baseline.json

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

case "${1-}" in
  '') set -- --baseline "$baseline" ;;
  --remake) set -- --save "$baseline" ;;
  *)
    printf 'usage: Scripts/gate.sh [--remake]\n' >&2
    exit 64
    ;;
esac

"$command" check Scenarios/gate/*.yaml --db "$temporary/gate.sqlite" --quiet "$@" \
  >"$temporary/verdicts" || {
  status=$?
  cat "$temporary/verdicts"
  printf 'gate: ends with %s; if the change is meant, run make gate-baseline and say why\n' \
    "$status" >&2
  exit "$status"
}
# The runs themselves are told only where one does not pass.
sed -n '/^  scenario /,$p' "$temporary/verdicts"
