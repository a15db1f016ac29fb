# SPDX-License-Identifier: GPL-3.0-or-later
"""Sees to it that every shard of a plan is done: what to start, what to try again, and when to stop."""

import heapq
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from . import shard
from .places import Place
from .shard import Attempt, Result

FINAL = {64, shard.BAD_INPUT, shard.MISSING, shard.BUG, shard.INPUT_OUTPUT}
MEGABYTE = 1 << 20
LOSSES = 20  # how often a shard is run again whose worker or node went
STRAGGLER, STRAGGLER_SECONDS = 3.0, 10.0  # times the median, and at least


class Stopped(Exception):  # noqa: N818 -- not always an error
    """The end before the answer, with the code to leave with."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Costs:
    """What a sweep itself took."""

    shards: int = 0
    attempts: int = 0
    lost: int = 0
    repeated: int = 0
    checked: int = 0
    checked_elsewhere: int = 0
    useful_seconds: float = 0.0
    wasted_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_memory: int = 0

    def sentence(self, price: float) -> str:
        total = self.useful_seconds + self.wasted_seconds
        cost = f" ({total / 3600 * price:.4f} USD)" if price else ""
        return (
            f"{self.shards:,} shards in {span(self.wall_seconds)}, {self.attempts:,} attempts ({self.lost} lost, "
            f"{self.repeated} repeated, {self.checked} checked, {self.checked_elsewhere} of them on another node): "
            f"{total / 3600:.3f} core hours{cost}, {100 * self.wasted_seconds / max(total, 1e-9):.1f} % of them "
            f"spent twice; at most {self.peak_memory / MEGABYTE:.0f} MB a shard"
        )


def span(seconds: float) -> str:
    """Write a time as people do."""
    minutes, rest = divmod(round(seconds), 60)
    text = f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes > 59 else text


@dataclass(frozen=True)
class Rules:
    """How hard to try."""

    retries: int = 3  # of a shard that failed and may be tried again
    sample: float = 0.0  # the share of shards that are run again, to compare
    memory: int = 0  # bytes that every shard asks for
    quiet: bool = False
    backoff: float = 1.0  # seconds before the second try; four times as long before each further


class Driver:
    """The state of one plan on its way."""

    def __init__(self, place: Place, costs: Costs, accept: Callable[[int, Result], None], rules: Rules) -> None:
        """Take where shards run, and what brings a shard's file home."""
        self.place, self.costs, self.accept, self.rules = place, costs, accept, rules
        self.waiting: list[tuple[float, int, int, Attempt]] = []
        self.flying: dict[Attempt, float] = {}
        self.tries, self.failures, self.losses = Counter[int](), Counter[int](), Counter[int]()
        self.done: dict[int, Result] = {}
        self.given_up: dict[int, str] = {}
        self.total, self.told = 0, 0.0

    def run(self, indices: Collection[int]) -> None:
        """Run shards until each is done, or was tried as often as is allowed."""
        began, self.total = time.monotonic(), len(indices)
        try:
            for index in indices:
                self._plan(Attempt(index, memory=self.rules.memory))
            while self.waiting or self.flying:
                self._start()
                for attempt, result in self.place.wait(self._pause()):
                    if (since := self.flying.pop(attempt, None)) is not None:
                        self._take(attempt, result, time.monotonic() - since)
                self._hurry()
                self._tell(began)
        finally:
            self.costs.wall_seconds += time.monotonic() - began
            self._tell(began, is_last=True)
        for index, reason in self.given_up.items():
            count = f"{len(self.given_up)} shards were given up"
            raise Stopped(shard.AGAIN, f"{count}; shard {index}: {reason}; the same command goes on with them")

    def _plan(self, attempt: Attempt, after: float = 0.0) -> None:
        self.tries[attempt.index] += 1
        number = self.tries[attempt.index]
        # A third try costs more time than the discount of a spot machine is worth; so does the end.
        is_late = self.total - len(self.done) <= self.total // 20
        attempt = replace(attempt, number=number, on_demand=is_late or number >= 3)
        heapq.heappush(self.waiting, (time.monotonic() + after, attempt.index, number, attempt))

    def _start(self) -> None:
        while self.waiting and self.waiting[0][0] <= time.monotonic() and len(self.flying) < 2 * self.place.slots():
            attempt = heapq.heappop(self.waiting)[-1]
            if attempt.is_check or attempt.index not in self.done:
                self.place.submit(attempt)
                self.flying[attempt] = time.monotonic()
                self.costs.attempts += 1

    def _pause(self) -> float:
        """Say how long nothing but a result can happen."""
        if len(self.flying) >= 2 * self.place.slots():
            return 10.0
        due = max(0.0, self.waiting[0][0] - time.monotonic()) if self.waiting else 1.0
        if not self.flying:
            time.sleep(due if self.waiting else 0.0)
        return min(due, 1.0)

    def _take(self, attempt: Attempt, result: Result, elapsed: float) -> None:
        index, costs = attempt.index, self.costs
        costs.peak_memory = max(costs.peak_memory, result.memory)
        if result.code == 0 and index not in self.done:
            return self._finish(attempt, result)
        costs.wasted_seconds += result.seconds or elapsed
        if result.code == 0:
            return self._compare(attempt, result)
        if result.code in FINAL:
            raise Stopped(result.code, f"shard {index}, on node {result.node}: {result.message}")
        if result.lost:
            costs.lost += 1
            self.losses[index] += 1
            is_over = self.losses[index] > LOSSES
        else:
            costs.repeated += 1
            self.failures[index] += 1
            is_over = self.failures[index] > self.rules.retries
        if result.out_of_memory and self.failures[index] == 1:
            attempt = replace(attempt, memory=2 * max(attempt.memory, result.memory, 256 * MEGABYTE))
        if index in self.done and not attempt.is_check:
            return None
        if not is_over:
            return self._plan(attempt, 0.0 if result.lost else self.rules.backoff * 4 ** (self.failures[index] - 1))
        if not attempt.is_check:
            self.given_up[index] = result.message
        return None

    def _finish(self, attempt: Attempt, result: Result) -> None:
        index = attempt.index
        self.accept(index, result)
        self.done[index] = result
        self.given_up.pop(index, None)
        self.costs.shards += 1
        self.costs.useful_seconds += result.seconds
        for twin in [other for other in self.flying if other.index == index]:
            self.costs.wasted_seconds += time.monotonic() - self.flying.pop(twin)
            self.place.cancel(twin)
        # Which shards are checked is left to their bytes: chance, and the same whoever asks.
        if int(result.digest[:8], 16) < self.rules.sample * 2**32:
            self._plan(Attempt(index, memory=attempt.memory, avoid=result.node, is_check=True))

    def _compare(self, attempt: Attempt, result: Result) -> None:
        first = self.done[attempt.index]
        if first.digest != result.digest:
            raise Stopped(
                shard.BUG, f"shard {attempt.index} came out as {first.digest} on node {first.node} and as "
                f"{result.digest} on node {result.node}; please report this")  # fmt: skip
        if attempt.is_check:
            self.costs.checked += 1
            self.costs.checked_elsewhere += first.node != result.node

    def _hurry(self) -> None:
        """At the end, try what takes far longer than the others a second time beside it."""
        if self.waiting or not self.done or len(self.flying) >= self.place.slots():
            return
        limit = max(STRAGGLER_SECONDS, STRAGGLER * statistics.median(each.seconds for each in self.done.values()))
        for attempt, since in self.flying.items():
            is_alone = sum(other.index == attempt.index for other in self.flying) == 1
            if is_alone and not attempt.is_check and time.monotonic() - since > limit:
                self.costs.repeated += 1
                self._plan(attempt)

    def _tell(self, began: float, *, is_last: bool = False) -> None:
        now, is_terminal = time.monotonic(), sys.stderr.isatty()
        if self.rules.quiet or not (is_last or now - self.told > (0.5 if is_terminal else 30)):
            return
        self.told, left = now, self.total - len(self.done)
        text = f"plimsoll-ray: {len(self.done):,} of {self.total:,} shards, {len(self.flying)} under way"
        if self.done and left:
            text += f", about {span((now - began) / len(self.done) * left)} left"
        end = "\n" if is_last or not is_terminal else ""
        print(("\r\x1b[K" if is_terminal else "") + text, end=end, file=sys.stderr, flush=True)
