#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the pages of Documentation/Tutorials as a reader would: each in an empty folder, line by line, with the command on
# the PATH. Fails where a command ends otherwise than the page says, or prints otherwise.
#
# A block ```sh holds commands; those of a block run in one shell, which ends at the first that fails. A block ```text
# right behind it is what they print: a line of it must be printed, in this order, and `...` stands for any lines. A
# comment `# ends with N` at the end of a command line is its exit code. A block ```yaml FILE or ```csv FILE is written to
# that file first.
#
# Exit codes: 0 all pages are true; 1 one is not.

set -eu
cd "$(dirname "$0")/.."
command=${PLIMSOLL:-$PWD/.build/release/plimsoll}
Scripts/notebooks.sh --install
PLIMSOLL=$command exec python3 Scripts/tutorials.py Documentation/Tutorials/*.md
