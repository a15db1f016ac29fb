# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweeps on Ray: one node as CI runs it, and three nodes on this machine with workers and nodes killed."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import kills
import pytest
from conftest import COMMAND, VARY, driver, plimsoll

from plimsoll_ray import shard
from plimsoll_ray.places import OnRay
from plimsoll_ray.shard import Attempt, Work

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


def test_attempts_run_on_the_market_that_they_ask_for_and_elsewhere_where_it_is_gone(
    scenario: Path, tmp_path: Path
) -> None:
    from ray.cluster_utils import Cluster

    assert plimsoll("sweep", "plan", scenario, *VARY, "--shards", 8, "--out", tmp_path).returncode == 0
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    spot = cluster.add_node(num_cpus=1, labels={"ray.io/market-type": "spot"})
    other = cluster.add_node(num_cpus=1, labels={"ray.io/market-type": "on-demand"})
    place = OnRay(cluster.address, COMMAND, [], use_spot=True)
    try:
        plan = tmp_path / "plan.json"
        work = Work(shard.digest_of(plan), str(COMMAND), shard.digest_of(COMMAND), str(tmp_path))
        place.begin(work, plan.read_bytes())

        def node(attempt: Attempt) -> str:
            # Where no node of a market is free, Ray takes one of the other; and it learns a little late that one is.
            time.sleep(1)
            place.submit(attempt)
            while not (ended := place.wait(10)):
                pass
            assert ended[0][1].code == 0, ended[0][1].message
            return ended[0][1].node

        assert {node(Attempt(index)) for index in range(3)} == {spot.node_id}
        assert {node(Attempt(index, on_demand=True)) for index in range(3)} == {other.node_id}
        assert node(Attempt(3, avoid=spot.node_id)) == other.node_id
        cluster.remove_node(spot, allow_graceful=False)
        assert node(Attempt(4)) == other.node_id
    finally:
        place.close()
        cluster.shutdown()  # type: ignore[no-untyped-call]


@pytest.mark.skipif("PLIMSOLL_KILLS" not in os.environ, reason="PLIMSOLL_KILLS says how many")
def test_kills_change_nothing(tmp_path: Path) -> None:
    asked = int(os.environ["PLIMSOLL_KILLS"])
    assert sum(kills.run(asked, tmp_path, minutes=10)["kills"].values()) == asked


HOG = """\
#!/bin/sh
if [ "$2" = run-shard ] && mkdir {folder}/hogged 2>/dev/null; then
  exec python3 -c 'import os, sys, time
parent, held = os.getppid(), bytearray(b"x") * 3_000_000_000
while os.getppid() == parent: time.sleep(0.1)'
fi
exec {command} "$@"
"""


@pytest.mark.skipif("PLIMSOLL_HOG" not in os.environ, reason="PLIMSOLL_HOG has Ray's watch over memory end a worker")
def test_a_worker_that_is_ended_for_memory_is_asked_again_with_more(
    scenario: Path, whole: tuple[bytes, str], tmp_path: Path
) -> None:
    memory = {line.split()[0]: int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines()}
    used = 1 - memory["MemAvailable:"] / memory["MemTotal:"]
    hog = tmp_path / "plimsoll"
    hog.write_text(HOG.format(folder=tmp_path, command=COMMAND))
    hog.chmod(0o755)
    watch = {
        "RAY_memory_usage_threshold": f"{used + 1.5e9 / 1024 / memory['MemTotal:']:.3f}",
        "RAY_memory_monitor_refresh_ms": "100",
    }
    call = ["sweep", scenario, *VARY, "--address", "local", "--shards", 4, "--out", tmp_path, "--command", hog]
    whole_call = [sys.executable, "-m", "plimsoll_ray.cli", *map(str, call)]
    done = subprocess.run(whole_call, capture_output=True, text=True, check=False, env=os.environ | watch, timeout=200)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sweep.sqlite").read_bytes() == whole[0]
    costs = json.loads((tmp_path / "costs.json").read_text())
    assert (costs["shards"], costs["repeated"], costs["lost"]) == (4, 1, 0), done.stderr
