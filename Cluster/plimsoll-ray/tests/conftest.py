# SPDX-License-Identifier: GPL-3.0-or-later
"""A scenario that is simulated in milliseconds, the command, and what one process makes of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
COMMAND = Path(os.environ.get("PLIMSOLL", ROOT / ".build/release/plimsoll"))

FLEET = f"""\
plimsoll: 1
start: 2024-12-09T00:00:00Z
horizon: 20h
requests: {{ from: 2h, for: 40s }}
replications: 3
seed: 7
cloud: {{ answer: 5s, boot: 90s, load: 60s }}
prices: {ROOT}/Scenarios/prices/reference-design.yaml
workload: {{ arrivals: {{ rate: 20/s }} }}
client: {{ timeout: 2s, retries: 0 }}
models:
  m: {{ on: {{ p4d.24xlarge: {{ batch: {{ max: 1, latency: {{ 1: 20ms }}, noise: {{ gamma: {{ cv: 1 }} }} }} }} }} }}
fleet:
  one: {{ type: p4d.24xlarge, zone: us-east-1a, market: onDemand, machines: 1, serves: {{ m: 1 }} }}
  two:
    type: p4d.24xlarge
    zone: us-east-1a
    market: spot
    machines: 2
    serves: {{ m: 1 }}
    lifetime: {{ weibull: {{ scale: 3h, shape: 0.8 }} }}
    down: {{ gamma: {{ mean: 1h, cv: 1 }} }}
    notice: 120s
policies: {{ queue: {{ limit: 100 }} }}
targets: [ monthly_cost <= 40_000 USD, p99(latency) <= 200ms ]
"""
VARY = ["--vary", "fleet.two.machines=0..3", "--vary", "policies.queue.limit=50,100"]


def plimsoll(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Call the command."""
    return subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False)


def driver(*arguments: object, **more: object) -> subprocess.CompletedProcess[str]:
    """Call the driver as a process of its own."""
    call = [sys.executable, "-m", "plimsoll_ray.cli", *map(str, arguments), "--command", str(COMMAND)]
    return subprocess.run(call, capture_output=True, text=True, check=False, timeout=200, **more)  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="session")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the scenario's path, which results name."""
    path = tmp_path_factory.mktemp("scenario") / "fleet.yaml"
    path.write_text(FLEET)
    return path


@pytest.fixture(scope="session")
def whole(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str]:
    """Give database and table of one process that runs one shard of all."""
    folder = tmp_path_factory.mktemp("whole")
    assert plimsoll("sweep", "plan", scenario, *VARY, "--shards", 1, "--out", folder).returncode == 0
    assert plimsoll("sweep", "run-shard", folder / "plan.json", "--index", 0).returncode == 0
    merged = plimsoll("sweep", "merge", folder / "plan.json")
    assert merged.returncode == 0, merged.stderr
    return (folder / "sweep.sqlite").read_bytes(), merged.stdout
