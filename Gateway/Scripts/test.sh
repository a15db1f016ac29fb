#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Tests the gateway: its units, and OpenAI's own client (from PyPI, in an environment of its own) against it.

set -eu

cd "$(dirname "$0")/.."
# `swift test` would build every product of the project beside this package, the simulator too.
swift build -c release --product plimsoll-gatewayPackageTests
"$(swift build -c release --show-bin-path)/plimsoll-gatewayPackageTests.xctest" --testing-library swift-testing
swift build -c release --product plimsoll-gateway
swift build -c release --product plimsoll-engine
swift build -c release --product plimsoll-policies
GATEWAY_BIN=$(swift build -c release --show-bin-path)
POLICIES=$GATEWAY_BIN/plimsoll-policies
export GATEWAY_BIN POLICIES
[ -x .build/python/bin/pytest ] || {
  python3 -m venv .build/python
  .build/python/bin/pip install --quiet --requirement Tests/python/requirements.txt
}
.build/python/bin/pytest --quiet -p no:cacheprovider Tests/python
