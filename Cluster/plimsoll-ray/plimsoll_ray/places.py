# SPDX-License-Identifier: GPL-3.0-or-later
"""Where attempts run: side by side on this machine, or on a Ray cluster."""

import concurrent.futures
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any, Protocol

from . import shard
from .shard import Attempt, Children, Result, Work

MARKET, NODE = "ray.io/market-type", "ray.io/node-id"


class Place(Protocol):
    """Runs attempts and hands over what they come to."""

    def slots(self) -> int: ...  # how many run at the same time
    def begin(self, work: Work, plan: bytes) -> None: ...  # the plan of all attempts from now on
    def submit(self, attempt: Attempt) -> None: ...
    def wait(self, seconds: float) -> list[tuple[Attempt, Result]]: ...  # what ended, after a while at most
    def cancel(self, attempt: Attempt) -> None: ...  # nobody wants its result, and nobody gets it
    def close(self) -> None: ...  # ends whatever runs


class Local:
    """Attempts as threads of this process, each with the command as a child."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.pool = concurrent.futures.ThreadPoolExecutor(count)
        self.flying: dict[concurrent.futures.Future[Result], Attempt] = {}
        self.children: Children = {}

    def slots(self) -> int:
        return self.count

    def begin(self, work: Work, plan: bytes) -> None:
        self.work, self.plan = work, plan

    def submit(self, attempt: Attempt) -> None:
        future = self.pool.submit(shard.run, self.work, attempt, self.plan, "here", self.children)
        self.flying[future] = attempt

    def wait(self, seconds: float) -> list[tuple[Attempt, Result]]:
        done, _ = concurrent.futures.wait(self.flying, seconds, concurrent.futures.FIRST_COMPLETED)
        return [(self.flying.pop(future), future.result()) for future in done]

    def cancel(self, attempt: Attempt) -> None:
        for future in [future for future, flying in self.flying.items() if flying == attempt]:
            del self.flying[future]
            future.cancel()
        if child := self.children.get(attempt):
            child.kill()

    def close(self) -> None:
        for attempt in list(self.flying.values()):
            self.cancel(attempt)
        self.pool.shutdown(cancel_futures=True)


def _on_node(work: Work, attempt: Attempt, plan: bytes) -> Result:
    import ray  # a local run needs no Ray

    return shard.run(work, attempt, plan, ray.get_runtime_context().get_node_id())


class OnRay:
    """Attempts as tasks of a Ray cluster; Ray repeats none by itself, since the driver counts what was lost."""

    def __init__(self, address: str, command: Path | str, files: list[Path], *, use_spot: bool) -> None:
        """Connect. This package, large inputs and the command travel in the runtime environment.

        A command that is a text is a path on every node.
        """
        import ray

        self.ray: Any = ray
        self.use_spot = use_spot
        self.flying: dict[Any, Attempt] = {}
        self.command = command if isinstance(command, str) else f"./{command.name}"
        with tempfile.TemporaryDirectory(prefix="plimsoll-ray-") as staging:
            shutil.copytree(Path(__file__).parent, Path(staging) / "plimsoll_ray")
            for path in files:
                (Path(staging) / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, Path(staging) / path)
            if isinstance(command, Path):
                shutil.copy2(command, staging)
            ray.init(
                address=None if address == "local" else address,
                include_dashboard=False if address == "local" else None,
                runtime_env={"working_dir": staging},
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        self.task = ray.remote(num_cpus=1, max_retries=0)(_on_node)

    def slots(self) -> int:
        return max(1, int(self.ray.cluster_resources().get("CPU", 1)))

    def begin(self, work: Work, plan: bytes) -> None:
        self.work = Work(work.plan, self.command, work.digest, work.target)
        self.plan = self.ray.put(plan)

    def submit(self, attempt: Attempt) -> None:
        away = {NODE: f"!{attempt.avoid}"} if attempt.avoid else {}
        markets = ["on-demand", "spot"] if attempt.on_demand else ["spot", "on-demand"]
        # The first that fits a node of the cluster; at last any.
        places = [{MARKET: market, **away} for market in markets if self.use_spot] + [away, {}]
        nodes = [node["Resources"].get("memory", 0) for node in self.ray.nodes() if node["Alive"]]
        options: dict[str, Any] = {"name": f"shard {attempt.index}.{attempt.number}"}
        if attempt.memory:
            options["memory"] = int(min(attempt.memory, max(nodes, default=attempt.memory)))
        if places[0]:
            options["label_selector"] = places[0]
            options["fallback_strategy"] = [{"label_selector": place} for place in places[1:]]
        reference = self.task.options(**options).remote(self.work, attempt, self.plan)
        self.flying[reference] = attempt

    def wait(self, seconds: float) -> list[tuple[Attempt, Result]]:
        if not self.flying:
            return []
        ready, _ = self.ray.wait(list(self.flying), num_returns=1, timeout=seconds)
        return [(self.flying.pop(reference), self._result(reference)) for reference in ready]

    def _result(self, reference: Any) -> Result:
        errors = self.ray.exceptions
        try:
            result: Result = self.ray.get(reference)
        except errors.OutOfMemoryError as error:
            return Result(shard.AGAIN, str(error)[:300], out_of_memory=True)
        except errors.RayTaskError as error:
            return Result(shard.BUG, str(error)[-500:])
        except errors.RayError as error:
            return Result(shard.AGAIN, f"{type(error).__name__}: {str(error)[:300]}", lost=True)
        return result

    def cancel(self, attempt: Attempt) -> None:
        for reference in [reference for reference, flying in self.flying.items() if flying == attempt]:
            del self.flying[reference]
            # The worker goes, and the command with it.
            self.ray.cancel(reference, force=True)

    def close(self) -> None:
        for attempt in list(self.flying.values()):
            self.cancel(attempt)
        self.ray.shutdown()
