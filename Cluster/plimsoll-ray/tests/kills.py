# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills workers, commands and whole nodes of a Ray cluster on this machine while a sweep runs there.

    python tests/kills.py 200

Whatever is killed, each sweep must end with the database of one process, to the byte, and leave no command behind.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from conftest import COMMAND, FLEET, plimsoll

# About a second for each of 48 shards.
SWEEP = ["--vary", "fleet.two.machines=0..3", "--vary", "policies.queue.limit=50,100", "--replications", "6"]
SWEEP += ["--set", "requests={ from: 2h, for: 40min }", "--set", "workload.arrivals.rate=90/s"]


def processes(beginning: str, *, inside: str = "") -> list[int]:
    """Find processes by the beginning of their command line, and a part of it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if line.startswith(beginning) and inside in line:
            found.append(int(folder.name))
    return found


class Victims:
    """The cluster: a head without cores, and three nodes of two."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        self.cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        self.nodes: list[Any] = []
        for market in ("spot", "spot", "on-demand"):
            self.add(market)

    def add(self, market: str) -> None:
        """Add a node."""
        self.nodes.append((self.cluster.add_node(num_cpus=2, labels={"ray.io/market-type": market}), market))

    def kill(self, dice: random.Random) -> str:
        """Kill something; say what, or nothing where there was nothing to kill."""
        kind = dice.choices(["worker", "command", "node"], [6, 3, 1])[0]
        if kind == "node":
            node, market = self.nodes.pop(dice.randrange(len(self.nodes)))
            self.cluster.remove_node(node, allow_graceful=False)
            self.add(market)
            return kind
        found = processes("ray::shard") if kind == "worker" else processes("./", inside="run-shard")
        if not found:
            return ""
        try:
            os.kill(dice.choice(found), signal.SIGKILL)
        except ProcessLookupError:
            return ""
        return kind


def one_process(folder: Path, scenario: Path) -> bytes:
    """Give the database that one process makes."""
    assert plimsoll("sweep", "plan", scenario, *SWEEP, "--shards", 1, "--out", folder).returncode == 0
    assert plimsoll("sweep", "run-shard", folder / "plan.json", "--index", 0).returncode == 0
    assert plimsoll("sweep", "merge", folder / "plan.json").returncode == 0
    return (folder / "sweep.sqlite").read_bytes()


def run(kills: int, folder: Path, seed: int = 1) -> dict[str, Any]:
    """Run sweeps until so many kills are made; give what was killed and what the sweeps took."""
    scenario = folder / "fleet.yaml"
    scenario.write_text(FLEET)
    whole = one_process(folder / "whole", scenario)
    dice, victims, made = random.Random(seed), Victims(), Counter[str]()
    sweeps: list[dict[str, Any]] = []
    while sum(made.values()) < kills:
        out = folder / f"sweep-{len(sweeps)}"
        call = [sys.executable, "-m", "plimsoll_ray.cli", "sweep", scenario, *SWEEP, "--spot", "--retries", 30]
        call += ["--address", victims.cluster.address, "--out", out, "--command", COMMAND, "--verify-sample", "5%"]
        log = (folder / f"sweep-{len(sweeps)}.log").open("w+")
        sweep = subprocess.Popen(list(map(str, call)), stdout=log, stderr=log)
        while sweep.poll() is None:
            time.sleep(dice.uniform(0.2, 1.2))
            if sum(made.values()) < kills and (killed := victims.kill(dice)):
                made[killed] += 1
        log.seek(0)
        assert sweep.returncode == 0, log.read()
        assert (out / "sweep.sqlite").read_bytes() == whole, f"{out} differs"
        sweeps.append(json.loads((out / "costs.json").read_text()))
        print(dict(made), sweeps[-1], file=sys.stderr, flush=True)
        deadline = time.monotonic() + 10
        while (left := processes("./", inside="run-shard")) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not left, f"commands are left behind: {left}"
    victims.cluster.shutdown()
    return {"kills": dict(made), "sweeps": sweeps}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="plimsoll-kills-") as place:
        print(json.dumps(run(int(sys.argv[1]), Path(place)), indent=1))
