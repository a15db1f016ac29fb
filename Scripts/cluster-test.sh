#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Lints and types plimsoll-ray, and passes its tests: side by side, by object stores, and on a Ray cluster of one node.
#
#   Scripts/cluster-test.sh            installs what they need into .build/cluster, runs them
#   Scripts/cluster-test.sh --install  installs only

set -eu
cd "$(dirname "$0")/.."

environment=.build/cluster
package=Cluster/plimsoll-ray
if ! cmp -s $package/pyproject.toml "$environment/pyproject.toml"; then
  rm -rf "$environment"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "cluster-test: needs Python 3.11 or later" >&2
    exit 69
  }
  python3 -m venv "$environment" || {
    echo "cluster-test: needs Python 3 with venv (Debian: python3-venv)" >&2
    exit 69
  }
  "$environment/bin/pip" install --quiet --disable-pip-version-check "./$package[ray,s3,test]"
  # The tests read the sources, and not what was installed of them.
  "$environment/bin/pip" uninstall --quiet --yes plimsoll-ray
  rm -rf $package/build $package/*.egg-info
  cp $package/pyproject.toml "$environment/pyproject.toml"
fi
[ "${1-}" != --install ] || exit 0

PATH=$PWD/$environment/bin:$PATH
PLIMSOLL=${PLIMSOLL-$PWD/.build/release/plimsoll}
PYTHONPATH=$PWD/$package
export PATH PLIMSOLL PYTHONPATH
cd $package
ruff check --quiet .
mypy plimsoll_ray tests
pytest --quiet --durations 3 -p no:cacheprovider tests
