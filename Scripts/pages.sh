#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes a page of a run, a comparison and a search, opens it in headless Chromium, and fails where the browser logs an
# error or asks for anything but the page itself. Screenshots stay in .build/pages, for a reader: wide, narrow, dark, and
# as it prints.
#
# Exit codes: 0 nothing to complain of, or no Chromium here; 1 something.

set -eu
cd "$(dirname "$0")/.."

command=${PLIMSOLL:-$PWD/.build/release/plimsoll}
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
  printf 'pages: no Chromium on the PATH (Debian: apt-get install chromium), skipped\n' >&2
  exit 0
}

folder=$PWD/.build/pages
rm -rf "$folder"
mkdir -p "$folder"
scenario=Scenarios/tokens/chat.yaml
"$command" run "$scenario" --db "$folder/db.sqlite" --quiet >/dev/null
"$command" compare "$scenario" "$scenario" --set fleet.base.machines=2 --db "$folder/db.sqlite" --quiet --format json \
  >"$folder/compare.json"
"$command" optimize "$scenario" --over fleet.spot.machines=0..1 --max-replications 8 --quiet --format json >"$folder/optimum.json"
"$command" report 1 "$folder/compare.json" "$folder/optimum.json" --db "$folder/db.sqlite" -o "$folder/page.html"

browse() {
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars \
    --user-data-dir="$folder/profile" --enable-logging=stderr --log-level=0 "$@" \
    "file://$folder/page.html" 2>>"$folder/log" || {
    printf 'pages: the browser failed; see %s\n' "$folder/log" >&2
    exit 1
  }
}
browse --window-size=1100,1600 --screenshot="$folder/wide.png" --log-net-log="$folder/net.json"
browse --window-size=390,1600 --screenshot="$folder/narrow.png"
browse --window-size=1100,1600 --force-dark-mode --enable-features=WebContentsForceDark:inversion_method/none \
  --blink-settings=preferredColorScheme=0 --screenshot="$folder/dark.png"
browse --no-pdf-header-footer --print-to-pdf="$folder/page.pdf"

if grep -n 'CONSOLE' "$folder/log"; then
  printf 'pages: the browser logged the lines above\n' >&2
  exit 1
fi
python3 - "$folder/net.json" <<'PYTHON'
import json
import re
import sys

text = open(sys.argv[1]).read().rstrip()
try:
    log = json.loads(text)
except ValueError:
    log = json.loads(text.rstrip(",") + "]}")
# The browser itself asks its maker for updates; a page's own requests name an initiator that is the page.
asked = {
    event["params"]["url"]
    for event in log["events"]
    if isinstance(event.get("params"), dict) and "url" in event["params"]
    and re.match("file://|null", str(event["params"].get("initiator", "")))
}
foreign = sorted(url for url in asked if not url.startswith(("file://", "data:")))
if foreign:
    sys.exit("pages: the page asked for " + ", ".join(foreign))
PYTHON
size=$(wc -c <"$folder/page.html")
if [ "$size" -gt 1048576 ]; then
  printf 'pages: the page has %s bytes; allowed: 1048576\n' "$size" >&2
  exit 1
fi
printf 'pages: no error, no request, %s bytes; screenshots in %s\n' "$size" "$folder"
