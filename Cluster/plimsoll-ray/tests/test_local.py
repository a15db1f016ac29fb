# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweeps and studies side by side on this machine, and what lies between them and an object store."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pyarrow.parquet
import pytest
from conftest import COMMAND, ROOT, VARY, driver, plimsoll

from plimsoll_ray import parquet, shard

Whole = tuple[bytes, str]


def test_one_database_to_the_byte_from_one_process_and_from_four(scenario: Path, whole: Whole, tmp_path: Path) -> None:
    done = driver("sweep", scenario, *VARY, "--local", 4, "--shards", 24, "--out", tmp_path, "--verify-sample", "20%")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sweep.sqlite").read_bytes() == whole[0]
    assert done.stdout == whole[1]
    costs = json.loads((tmp_path / "costs.json").read_text())
    assert costs["shards"] == 24
    assert costs["attempts"] == 24 + costs["checked"]
    assert 0 < costs["checked"] < 15
    assert "24 of 24 shards" in done.stderr
    assert "core hours" in done.stderr


def test_a_sweep_goes_on_where_it_was_and_repeats_only_what_is_missing_or_damaged(
    scenario: Path, whole: Whole, tmp_path: Path
) -> None:
    call = ["sweep", scenario, *VARY, "--local", 2, "--shards", 12, "--out", tmp_path]
    assert driver(*call).returncode == 0
    shards = sorted((tmp_path / "shards").iterdir())
    shards[0].unlink()
    shards[1].write_bytes(shards[1].read_bytes()[:-20])
    (tmp_path / "sweep.sqlite").unlink()
    again = driver(*call)
    assert again.returncode == 0, again.stderr
    assert "10 of 12 shards were there before" in again.stderr
    assert json.loads((tmp_path / "costs.json").read_text())["attempts"] == 2
    assert (tmp_path / "sweep.sqlite").read_bytes() == whole[0]
    other = driver("sweep", scenario, "--vary", "fleet.two.machines=0..1", "--local", 2, "--out", tmp_path)
    assert other.returncode == 65
    assert "holds another sweep" in other.stderr


def children(parent: int) -> list[int]:
    listed = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_end_from_outside_leaves_no_command_behind(scenario: Path, tmp_path: Path, number: int) -> None:
    call = [sys.executable, "-m", "plimsoll_ray.cli", "sweep", scenario, *VARY, "--replications", 2000]
    call += ["--set", "workload.arrivals.rate=400/s", "--shards", 8, "--local", 2]
    call += ["--out", tmp_path, "--command", COMMAND]
    process = subprocess.Popen(list(map(str, call)), stderr=subprocess.PIPE, text=True)
    while process.poll() is None and len(running := children(process.pid)) < 2:
        time.sleep(0.02)
    time.sleep(0.3)
    running = children(process.pid)
    process.send_signal(number)
    _, messages = process.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in running) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(running) == 2
    assert not [child for child in running if Path(f"/proc/{child}").exists()]
    if number != signal.SIGKILL:
        assert process.returncode == 75
        assert "the same command goes on" in messages


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (["--vary", "a"], 64, "--vary a"),
        (["--vary", "fleet.two.machins=1"], 65, "did you mean 'machines'"),
        (["--vary", "fleet.two.machines=1", "--local", "0"], 64, "--local"),
        (["--vary", "fleet.two.machines=1", "--db", "x"], 64, "--db is not for plimsoll-ray"),
        (["--vary", "fleet.two.machines=1", "--command", "no-such"], 66, "no command no-such"),
    ],
)
def test_codes_are_the_commands(scenario: Path, tmp_path: Path, more: list[str], code: int, message: str) -> None:
    call = [sys.executable, "-m", "plimsoll_ray.cli", "sweep", scenario, "--local", 2, "--out", tmp_path]
    call += ["--command", COMMAND, *more]
    done = subprocess.run(list(map(str, call)), capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert message in done.stderr


def test_another_build_of_the_command_on_a_node_is_refused(tmp_path: Path) -> None:
    work = shard.Work("0" * 64, str(COMMAND), "f" * 64, str(tmp_path))
    result = shard.run(work, shard.Attempt(0), b"", "n1")
    assert (result.code, result.node) == (65, "n1")
    assert "another build" in result.message


@pytest.mark.parametrize("verb", ["optimize", "explain", "sensitivity"])
def test_studies_answer_as_the_command_does(scenario: Path, tmp_path: Path, verb: str) -> None:
    levers, inputs = tmp_path / "levers.yaml", tmp_path / "inputs.yaml"
    levers.write_text(f"""\
plimsoll_levers: 1
scenario: {scenario}
set: [ 'targets=[ p99(latency) <= 900ms ]' ]
replications: 2
over: [ "fleet.two.machines=0..2" ]
levers:
  - {{ lever: limit, off: [ policies.queue.limit=50 ] }}
  - {{ lever: notice, off: [ fleet.two.notice=0s ] }}
""")
    inputs.write_text(f"""\
plimsoll_sensitivity: 1
scenario: {scenario}
replications: 2
measures: [monthly_cost, p99(latency)]
inputs:
  - {{ input: rate, from: 10, to: 30, unit: 1/s, set: [ 'workload.arrivals.rate={{x}}/s' ], source: made up }}
  - {{ input: wait, from: 1, to: 3, unit: s, set: [ 'client.timeout={{x}}s' ], source: made up }}
""")
    target = ["--set", "targets=[p99(latency) <= 900ms]"]
    call: list[object] = {
        "optimize": ["optimize", scenario, "--over", "fleet.two.machines=0..3", *target],
        "explain": ["explain", levers],
        "sensitivity": ["sensitivity", inputs, "--trajectories", 2, "--rows", 4],
    }[verb]
    one = plimsoll(*call, "--quiet", "--db", tmp_path / "one.sqlite")
    assert one.returncode == 0, one.stderr
    out = tmp_path / "out"
    for _ in range(2):
        done = driver(*call, "--local", 2, "--out", out, "--quiet")
        assert done.returncode == 0, done.stderr
        assert done.stdout == one.stdout
        assert (out / "study.sqlite").read_bytes() == (tmp_path / "one.sqlite").read_bytes()


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of a server that speaks as S3 does."""
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    fsspec.filesystem("s3").mkdir("sweeps")
    yield "s3://sweeps/mine"
    server.stop()


@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_shards_go_through_a_store_and_are_found_there_again(
    kind: str, scenario: Path, whole: Whole, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    store = request.getfixturevalue("bucket") if kind == "bucket" else (tmp_path / "store").as_uri()
    first, second = tmp_path / "first", tmp_path / "second"
    call = ["sweep", scenario, *VARY, "--local", 2, "--shards", 6, "--store", store]
    done = driver(*call, "--out", first)
    assert done.returncode == 0, done.stderr
    assert (first / "sweep.sqlite").read_bytes() == whole[0]
    elsewhere = driver(*call, "--out", second)
    assert "6 of 6 shards were there before" in elsewhere.stderr
    assert (second / "sweep.sqlite").read_bytes() == whole[0]


def test_parquet_holds_what_the_database_holds(scenario: Path, tmp_path: Path) -> None:
    done = driver("sweep", scenario, *VARY, "--local", 2, "--out", tmp_path, "--parquet", "--format", "json")
    assert done.returncode == 0, done.stderr
    tables = {path.stem: pyarrow.parquet.read_table(path) for path in (tmp_path / "parquet").iterdir()}
    assert sorted(tables) == ["invoices", "measures", "points", "replications", "verdicts"]
    points = tables["points"].to_pydict()
    assert points["fleet.two.machines"] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert points["policies.queue.limit"] == [50, 100] * 4
    costs = [
        row["estimate"] for row in tables["measures"].to_pylist() if row["name"] == "monthly_cost" and row["point"] == 0
    ]
    assert f"{costs[0]:,.0f}"[:3] in done.stdout.replace("_", ",") or costs[0] > 0
    assert tables["replications"].num_rows == 24
    assert tables["verdicts"].num_rows == 16
    with pytest.raises(Exception, match="unable to open"):
        parquet.export(tmp_path / "none.sqlite", tmp_path)


def test_the_package_stays_thin() -> None:
    lines = [line for path in (ROOT / "Cluster/plimsoll-ray/plimsoll_ray").glob("*.py") for line in path.open()]
    assert len([line for line in lines if line.strip() and not line.strip().startswith("#")]) < 600
