#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Starts a gateway with its in-memory store and two stand-in engines, sends a hundred requests, prints what became of
# them, and makes every decision of its log again.
#
# Exit codes: 0 all is as it should be; 1 it is not, and the last line says what.

set -eu

cd "$(dirname "$0")/.."
swift build -c release --product plimsoll-gateway
swift build -c release --product plimsoll-engine
swift build -c release --product plimsoll-policies
bin=$(swift build -c release --show-bin-path)
policies=$bin/plimsoll-policies

folder=$(mktemp -d)
started=
finish() {
  for process in $started; do kill "$process" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT INT TERM

"$bin/plimsoll-engine" --model small --port 8101 --step-us 2000 >"$folder/small.out" &
started="$started $!"
"$bin/plimsoll-engine" --model large --port 8102 --step-us 5000 >"$folder/large.out" &
started="$started $!"

sed -e "s|: access.jsonl|: $folder/access.jsonl|" -e "s|: decisions.jsonl|: $folder/decisions.jsonl|" \
  -e "s|texts: \.\./|texts: $PWD/../|" example.yaml >"$folder/gateway.yaml"
"$bin/plimsoll-gateway" serve "$folder/gateway.yaml" &
gateway=$!
started="$started $gateway"

python3 Scripts/demo.py 8080 8081

kill -TERM "$gateway"
wait "$gateway" || { echo "demo: the gateway did not end well" >&2; exit 1; }
cat $(ls "$folder"/decisions.jsonl.* | sort -t. -k3 -n) >"$folder/decisions"
"$policies" <"$folder/decisions" >"$folder/replayed"
cmp "$folder/decisions" "$folder/replayed" || { echo "demo: the log replays otherwise" >&2; exit 1; }
echo "decision log: $(wc -l <"$folder/decisions") lines, replayed byte for byte"
