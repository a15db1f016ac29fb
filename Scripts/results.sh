#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Remakes the committed results with the command already built.
#
#   Scripts/results.sh           writes them in place
#   Scripts/results.sh --check   remakes them in a temporary folder and compares
#
# In each page only what stands between the two marker lines is made; the rest is written by hand.

set -eu
cd "$(dirname "$0")/.."

command=.build/release/plimsoll
begin='<!-- begin: made by make results -->'
end='<!-- end -->'

mode=write
case "${1-}" in
  '') ;;
  --check) mode=check ;;
  *)
    printf 'usage: Scripts/results.sh [--check]\n' >&2
    exit 64
    ;;
esac

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Runs the command with the arguments after the page and puts what it prints on the page. `check` ends with 98
# and 99 where targets are open or fail.
remake() {
  page=$1
  shift
  if [ "$(grep -cxF "$begin" "$page")" != 1 ] || [ "$(grep -cxF "$end" "$page")" != 1 ]; then
    printf 'results: %s needs the lines "%s" and "%s" once each\n' "$page" "$begin" "$end" >&2
    exit 1
  fi

  status=0
  "$command" "$@" --format markdown --quiet >"$temporary/table" || status=$?
  case $status in
    0 | 98 | 99) ;;
    *) exit "$status" ;;
  esac
  if [ ! -s "$temporary/table" ]; then
    printf 'results: %s %s printed nothing\n' "$command" "$1" >&2
    exit 1
  fi

  awk -v begin="$begin" -v end="$end" -v table="$temporary/table" '
    $0 == begin { print; while ((getline line < table) > 0) print line; inside = 1; next }
    $0 == end { inside = 0 }
    !inside { print }
  ' "$page" >"$temporary/page"

  if [ "$mode" = write ]; then
    cat "$temporary/page" >"$page"
  elif ! diff -u "$page" "$temporary/page"; then
    printf 'results: %s is not what the command prints now; run make results\n' "$page" >&2
    exit 1
  fi
}

remake_claims() {
  remake "Results/$1/README.md" check "Scenarios/$1/claims.yaml" --db "$temporary/results.sqlite"
}

remake_claims reference-design
remake Results/reference-design/tokens.md check Scenarios/reference-design/tokens/claims.yaml --db "$temporary/tokens.sqlite"
remake_claims spot
remake_claims policies
remake Results/levers/README.md explain Scenarios/levers/study.yaml

# The gate compares its own with what it makes.
[ "$mode" = check ] || Scripts/gate.sh --remake

# The figures come out of the same database. Compared byte for byte; the versions of the libraries that
# draw them are fixed.
figures=$temporary/figures
mkdir "$figures"
Scripts/notebooks.sh --install
.build/notebooks/bin/python Notebooks/figures.py "$temporary/results.sqlite" "$figures"
for figure in bill latency week; do
  committed=Results/reference-design/$figure.svg
  if [ "$mode" = write ]; then
    cp "$figures/$figure.svg" "$committed"
  elif ! cmp -s "$figures/$figure.svg" "$committed"; then
    printf 'results: %s is not what is drawn now; run make results\n' "$committed" >&2
    exit 1
  fi
done
