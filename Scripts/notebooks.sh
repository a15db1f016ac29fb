#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the notebooks on a database and a sweep that the command just made.
#
#   Scripts/notebooks.sh            installs what they need, runs them
#   Scripts/notebooks.sh --install  installs only: Python's packages into .build/notebooks

set -eu
cd "$(dirname "$0")/.."

environment=.build/notebooks
if ! cmp -s Notebooks/requirements.txt "$environment/requirements.txt"; then
  rm -rf "$environment"
  python3 -m venv "$environment" || {
    echo "notebooks: needs Python 3 with venv (Debian: python3-venv)" >&2
    exit 69
  }
  "$environment/bin/pip" install --quiet --disable-pip-version-check \
    -r Notebooks/requirements.txt
  cp Notebooks/requirements.txt "$environment/requirements.txt"
fi
[ "${1-}" != --install ] || exit 0

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
.build/release/plimsoll run Scenarios/smoke.yaml --db "$temporary/results.sqlite" --quiet \
  >/dev/null
PYTHONPATH=Cluster/plimsoll-ray "$environment/bin/python" -m plimsoll_ray.cli sweep \
  Scenarios/smoke.yaml --vary fleet.spot.machines.max=0..2 --replications 2 --local 2 \
  --command .build/release/plimsoll --out "$temporary/sweep" --parquet --quiet >/dev/null
PLIMSOLL_SWEEP=$temporary/sweep/parquet \
  PLIMSOLL_DB=$temporary/results.sqlite PLIMSOLL_SCENARIO=smoke.yaml \
  "$environment/bin/python" Notebooks/run.py
