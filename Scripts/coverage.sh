#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Says how many lines of the targets that decide and judge are run by the suites that test them, in a debug build of its
# own, and ends with 1 where one of them is below the share.
set -eu
cd "$(dirname "$0")/.."

share=90
targets='RequestPath DecisionLog ReplicaModel Checks'
# Long runs that add no line are left out.
suites='^(ChecksTests|DecisionReplayTests|ReplicaModelTests|RequestPathTests)\.'
suites="$suites"'|BoundTests|BudgetTests|ComparisonTests|FluidLimitTests|LeverAnalysis|Optimisation|RareLoss'
suites="$suites"'|RegressionsTests|Sensitivity|SizeSearch|SteadyState|StoppingTests|SweepReport|TokenFleetTests'
suites="$suites"'|TokenReplicasTests|UndecidedFleet|UnseenHours'

swift test --enable-code-coverage --scratch-path .build/coverage --filter "$suites"
binary=$(find .build/coverage/debug/ -maxdepth 1 -name '*.xctest' | head -n 1)
cover=$(dirname "$(readlink -f "$(command -v swift)")")/llvm-cov
status=0
for target in $targets; do
  # The tenth column is that of lines.
  lines=$("$cover" report "$binary" -instr-profile=.build/coverage/debug/codecov/default.profdata \
    "Sources/$target" | awk '/^TOTAL/ { print $10 }')
  echo "$target: $lines of lines"
  awk -v lines="${lines%\%}" -v share="$share" 'BEGIN { exit !(lines + 0 >= share) }' || status=1
done
[ "$status" = 0 ] || echo "coverage: a target is below $share %" >&2
exit "$status"
