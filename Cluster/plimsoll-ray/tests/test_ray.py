# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweeps on Ray: one node as CI runs it, and three nodes on this machine with workers and nodes killed."""

import json
import os
from pathlib import Path

import kills
import pytest
from conftest import VARY, driver

pytest.importorskip("ray")


def test_one_node_gives_the_database_of_one_process(scenario: Path, whole: tuple[bytes, str], tmp_path: Path) -> None:
    call = ["sweep", scenario, *VARY, "--address", "local", "--shards", 12, "--out", tmp_path]
    done = driver(*call, "--memory", 64, "--verify-sample", "30%")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sweep.sqlite").read_bytes() == whole[0]
    assert done.stdout == whole[1]
    costs = json.loads((tmp_path / "costs.json").read_text())
    assert costs["shards"] == 12
    assert costs["checked"] > 0


def test_a_cluster_that_is_not_there_is_told(scenario: Path, tmp_path: Path) -> None:
    if kills.processes("/", inside="gcs_server"):
        pytest.skip("there is one")
    done = driver("sweep", scenario, *VARY, "--address", "auto", "--out", tmp_path)
    assert done.returncode == 75
    assert "there is no Ray cluster at 'auto'" in done.stderr


@pytest.mark.skipif("PLIMSOLL_KILLS" not in os.environ, reason="PLIMSOLL_KILLS says how many")
def test_kills_change_nothing(tmp_path: Path) -> None:
    asked = int(os.environ["PLIMSOLL_KILLS"])
    assert sum(kills.run(asked, tmp_path, minutes=10)["kills"].values()) == asked
