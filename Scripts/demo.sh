#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Judges every claim of the reference design with the command already built. A verdict other than 'holds' is an
# answer and not an error: exit codes 98 (undecided) and 99 (a target fails) end as 0 here.

set -eu
cd "$(dirname "$0")/.."

command=.build/release/plimsoll
status=0
"$command" check Scenarios/reference-design/claims.yaml Scenarios/reference-design/tokens/claims.yaml "$@" || status=$?

case $status in
  98 | 99) exit 0 ;;
  *) exit "$status" ;;
esac
