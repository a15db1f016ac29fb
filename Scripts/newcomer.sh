#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Plays somebody who meets the command for the first time: a home and a folder with nothing in them, an export of a
# monitoring system, and the commands of Documentation/FirstHour.md. Says what each took; fails where an answer does not
# come first, an exit code or a page is wrong, or the whole takes more than three minutes of processor time.
#
# Exit codes: 0 all is as it should be; 1 something is not.

set -eu
cd "$(dirname "$0")/.."

command=${PLIMSOLL:-$PWD/.build/release/plimsoll}
folder=$PWD/.build/newcomer
rm -rf "$folder"
mkdir -p "$folder/home" "$folder/work"
export HOME="$folder/home"
unset PLIMSOLL_DATA PLIMSOLL_REFERENCE COLUMNS 2>/dev/null || :
cd "$folder/work"

complain() {
  printf 'newcomer: %s\n' "$1" >&2
  exit 1
}

# What a monitoring system exports: 14 days in steps of five minutes, busy by day, quieter at the weekend, and a spike of
# an hour and a half on the ninth day.
awk 'BEGIN {
  print "time,rate"
  for (step = 0; step < 14 * 288; step++) {
    hour = step / 12
    rate = 11 - 7 * cos(6.283185307 * (hour % 24 - 3) / 24)
    if (int(hour / 24) % 7 >= 5) rate *= 0.7
    if (hour >= 205.5 && hour < 207) rate *= 2.3
    printf "%d,%.3f\n", 1748822400 + 300 * step, rate
  }
}' >qps.csv

count=0
# Runs the command and compares its exit code. What it prints is in the file `said`, its messages in `told`.
ask() {
  expected=$1
  shift
  count=$((count + 1))
  started=$(date +%s)
  status=0
  "$command" "$@" >said 2>told || status=$?
  printf 'newcomer: %3d s  plimsoll %s\n' $(($(date +%s) - started)) "$*"
  case " $expected " in
    *" $status "*) ;;
    *)
      cat said told >&2
      complain "plimsoll $1 ended with $status; allowed: $expected"
      ;;
  esac
  if grep -nwE 'nil|Optional|nan|inf|Swift|fatal|issue' said told >&2; then
    complain "plimsoll $1 says the odd words above"
  fi
  [ "$(wc -l <told)" -le 8 ] || {
    cat told >&2
    complain "plimsoll $1 tells more than eight lines beside its answer"
  }
}

# The first lines of what was said hold an extended regular expression.
first() {
  head -n "$1" said | grep -qE "$2" || {
    head -n 12 said >&2
    complain "the first $1 lines lack: $2"
  }
}

ask 0 init --template chat --model llama-3.1-70b --machine p5.48xlarge --from-series qps.csv \
  --ttft 500ms --latency 20s --budget '150_000 USD' -o my.yaml
first 1 '^my.yaml: llama-3.1-70b on [0-9]+ p5.48xlarge, 4 targets'
ask 0 validate my.yaml
first 1 '^my.yaml: valid$'
ask '0' check my.yaml
first 1 '^my.yaml: The fleet costs [0-9,.]+ USD a month .*(targets|target) hold'
grep -qE '^  (✓|✗|\?) ' said || complain 'check gives no verdicts'
grep -q 'Assumed, and open:' said || complain 'check does not say what it assumes'
ask 0 optimize my.yaml --over fleet.base.machines=1..5 --max-replications 4 --format json
grep -A 1 '"summary"' said | grep -qE 'cheapest point|No winner|No point' ||
  complain 'optimize says no answer'
mv said optimum.json
ask 0 report 1 optimum.json -o page.html --title 'Chat, on demand'
[ -s page.html ] || complain 'report wrote no page'
grep -q 'The fleet costs' page.html || complain 'the page does not begin with its answer'
if grep -qE '(src|href)="?https?:' page.html; then complain 'the page asks the network'; fi
[ "$(wc -c <page.html)" -le 1048576 ] || complain 'the page is larger than 1 MiB'

[ "$count" -le 8 ] || complain "$count commands; allowed: 8"
# Processor time of all that was run, in whole seconds: the second line of `times` counts children.
times >spent
spent=$(awk 'NR == 2 {
  for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); sum += 60 * t[1] + t[2] }
  printf "%d", sum
}' spent)
printf 'newcomer: %s commands, %s s of processor time; the page is %s\n' "$count" "$spent" "$folder/work/page.html"
[ "$spent" -le 180 ] || complain "$spent s of processor time; allowed: 180"
