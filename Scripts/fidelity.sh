#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Remakes Results/fidelity with the command already built, from the measurements in the folder that PLIMSOLL_DATA names.
# They are not in this repository; Results/fidelity/README.md says where they come from.

set -eu
cd "$(dirname "$0")/.."

data=${PLIMSOLL_DATA-}
for folder in vllm-runs perf-silicon; do
  if [ -z "$data" ] || [ ! -d "$data/$folder" ]; then
    printf 'fidelity: skipped, since PLIMSOLL_DATA names no folder with %s; nothing is remade\n' "$folder"
    exit 0
  fi
done

exec python3 Scripts/fidelity/fidelity.py "$data"
