#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes sure that what the build needs is there, and installs what Debian or Ubuntu can provide.
# Says nothing when nothing is missing.
#
# Exit codes: 0 all there; 69 Swift is missing or too old, or a package is and cannot be installed.

set -eu

needed_major=6
needed_minor=3

fail() {
  printf 'bootstrap: %s\n' "$1" >&2
  exit 69
}

check_swift() {
  command -v swift >/dev/null 2>&1 ||
    fail "found no swift on the PATH; Plimsoll needs Swift $needed_major.$needed_minor or later (https://www.swift.org/install)"
  said=$(swift --version 2>/dev/null) || said=
  # Both 'Swift version 6.3.1 (…)' and 'Apple Swift version 6.3 (…)'.
  version=$(printf '%s\n' "$said" |
    sed -n 's/.*Swift version \([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p' | sed -n 1p)
  [ -n "$version" ] ||
    fail "found a swift that does not tell its version; Plimsoll needs Swift $needed_major.$needed_minor or later (https://www.swift.org/install)"
  major=${version% *}
  minor=${version#* }
  if [ "$major" -lt "$needed_major" ] ||
    { [ "$major" -eq "$needed_major" ] && [ "$minor" -lt "$needed_minor" ]; }; then
    fail "found Swift $major.$minor at $(command -v swift); Plimsoll needs Swift $needed_major.$needed_minor or later (https://www.swift.org/install)"
  fi
}

# The Debian packages of what is missing, separated by spaces.
missing_packages() {
  missing=
  command -v git >/dev/null 2>&1 || missing="$missing git"
  command -v make >/dev/null 2>&1 || missing="$missing make"
  if command -v pkg-config >/dev/null 2>&1; then
    pkg-config --exists gsl || missing="$missing libgsl-dev"
    pkg-config --exists sqlite3 || missing="$missing libsqlite3-dev"
    pkg-config --exists libcrypto || missing="$missing libssl-dev"
    pkg-config --exists zlib || missing="$missing zlib1g-dev"
  else
    missing="$missing libgsl-dev libsqlite3-dev libssl-dev zlib1g-dev pkg-config"
  fi
  printf '%s' "${missing# }"
}

# Installs the packages named; the first argument is what to put before apt-get, or nothing.
install_packages() {
  as_root=$1
  shift
  printf 'bootstrap: installing %s\n' "$*" >&2
  # A list that cannot be refreshed is no obstacle while the packages can be had.
  $as_root apt-get update -qq >&2 || printf 'bootstrap: apt-get update failed; going on\n' >&2
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "$@" >&2 ||
    fail "apt-get could not install $*"
}

check_swift
packages=$(missing_packages)
[ -n "$packages" ] || exit 0

command -v apt-get >/dev/null 2>&1 ||
  fail "missing $packages (names of Debian packages; on macOS: brew install gsl openssl@3 sqlite zlib pkg-config); install them and try again"

# One word a package, on purpose.
# shellcheck disable=SC2086
if [ "$(id -u)" -eq 0 ]; then
  install_packages "" $packages
elif command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; then
  install_packages "sudo -n" $packages
else
  fail "missing packages; run: sudo apt-get update && sudo apt-get install --no-install-recommends $packages"
fi

packages=$(missing_packages)
[ -z "$packages" ] || fail "installed, but still not found: $packages"
