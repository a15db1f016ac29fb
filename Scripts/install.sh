#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the command with Swift's libraries inside it and installs it with its manual and completions.
#
#   Scripts/install.sh [PREFIX]   by default /usr/local; DESTDIR goes in front
#   COMMAND=FILE Scripts/install.sh PREFIX   installs a command that was built before
#
# The catalogue is inside the command: nothing else is read from the folder where it was built.

set -eu
cd "$(dirname "$0")/.."

prefix=${DESTDIR-}${1:-/usr/local}
if [ -z "${COMMAND-}" ]; then
  scratch=.build/static
  # What differs from the commit is no build of it.
  if commit=$(git rev-parse --short=12 HEAD 2>/dev/null); then
    [ -z "$(git status --porcelain --untracked-files=no)" ] || commit="$commit, changed"
  else
    commit=
  fi
  PLIMSOLL_COMMIT=${PLIMSOLL_COMMIT-$commit} swift build -c release --product plimsoll \
    --static-swift-stdlib --scratch-path "$scratch"
  COMMAND=$scratch/release/plimsoll
fi

install -d "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" \
  "$prefix/share/zsh/site-functions" "$prefix/share/fish/vendor_completions.d"
install -m 755 "$COMMAND" "$prefix/bin/plimsoll"
command=$prefix/bin/plimsoll
version=$("$command" --version | awk '$1 == "plimsoll" { print $2 }')
if command -v python3 >/dev/null 2>&1; then
  "$command" --experimental-dump-help | python3 Scripts/manual.py "$prefix/share/man/man1" "$version"
else
  printf 'install: no python3, so the manual is left out; plimsoll help has the same\n' >&2
fi
"$command" --generate-completion-script bash >"$prefix/share/bash-completion/completions/plimsoll"
"$command" --generate-completion-script zsh >"$prefix/share/zsh/site-functions/_plimsoll"
"$command" --generate-completion-script fish >"$prefix/share/fish/vendor_completions.d/plimsoll.fish"
printf 'install: %s, %s bytes\n' "$command" "$(wc -c <"$command")"
