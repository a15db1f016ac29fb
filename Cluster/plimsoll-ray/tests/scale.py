# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans, runs and merges many shards of a tiny scenario, and tells what each step takes of clock and processors.

    python tests/scale.py SHARDS CORES [CORES ...]

Processor seconds are those of the step and its children, and hold on a machine that others use too; the clock does not.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from conftest import COMMAND, FLEET


def measured(*call: object) -> dict[str, float]:
    """Run something; give seconds by the clock and of processors."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(list(map(str, call)), check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"clock": round(time.monotonic() - began, 2), "processors": round(used, 2)}


def main(shards: int, cores: list[int]) -> None:
    """Measure each step once, and the driver for each number of cores."""
    found: dict[str, object] = {"shards": shards, "load": os.getloadavg()}
    with tempfile.TemporaryDirectory(prefix="plimsoll-scale-") as place:
        folder = Path(place)
        (folder / "fleet.yaml").write_text(FLEET)
        sweep = [folder / "fleet.yaml", "--vary", "fleet.two.machines=0..3", "--replications", max(1, shards // 4)]
        plan = ("sweep", "plan", *sweep, "--shards", shards, "--quiet", "--out", folder / "plan")
        found["plan"] = measured(COMMAND, *plan)
        found["plan bytes"] = (folder / "plan/plan.json").stat().st_size
        one = ("sweep", "run-shard", folder / "plan/plan.json", "--quiet", "--jobs", 1)
        found["a shard by itself"] = measured(COMMAND, *one, "--index", 0)
        for count in cores:
            out = folder / f"on-{count}"
            driver = (sys.executable, "-m", "plimsoll_ray.cli", "sweep", *sweep, "--shards", shards)
            took = measured(*driver, "--local", count, "--out", out, "--command", COMMAND, "--quiet")
            costs = json.loads((out / "costs.json").read_text())
            found[f"on {count}"] = {"all": took, "shards by the clock": costs["wall_seconds"]}
            (out / "sweep.sqlite").rename(out / "first.sqlite")
            found["merge"] = measured(COMMAND, "sweep", "merge", out / "plan.json", "--quiet")
            assert (out / "sweep.sqlite").read_bytes() == (out / "first.sqlite").read_bytes()
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(word) for word in sys.argv[2:]])
