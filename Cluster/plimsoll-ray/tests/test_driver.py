# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of trying again, with workers that do as they are told."""

from collections.abc import Callable

import pytest

from plimsoll_ray import driver
from plimsoll_ray.driver import MEGABYTE, Costs, Driver, Rules, Stopped
from plimsoll_ray.shard import Attempt, Result, Work


class Told:
    """A place where every attempt ends at once as a function says; None runs on until it is cancelled."""

    def __init__(self, say: Callable[[Attempt], Result | None], slots: int = 2) -> None:
        self.say, self.count = say, slots
        self.flying: list[Attempt] = []
        self.seen: list[Attempt] = []
        self.cancelled: list[Attempt] = []

    def slots(self) -> int:
        return self.count

    def begin(self, work: Work, plan: bytes) -> None:
        pass

    def submit(self, attempt: Attempt) -> None:
        self.flying.append(attempt)
        self.seen.append(attempt)

    def wait(self, seconds: float) -> list[tuple[Attempt, Result]]:
        said = [(attempt, self.say(attempt)) for attempt in self.flying]
        ended = [(attempt, result) for attempt, result in said if result is not None][:1]
        for attempt, _ in ended:
            self.flying.remove(attempt)
        return ended

    def cancel(self, attempt: Attempt) -> None:
        self.flying.remove(attempt)
        self.cancelled.append(attempt)

    def close(self) -> None:
        pass


def fine(attempt: Attempt) -> Result:
    return Result(0, digest=f"{attempt.index:064x}", name=f"{attempt.index}.jsonl", seconds=1, node="a")


def run(place: Told, count: int = 10, sample: float = 0.0) -> Driver:
    one = Driver(place, Costs(), lambda *_: None, Rules(sample=sample, quiet=True, backoff=0.001))
    one.run(range(count))
    return one


def test_every_shard_runs_once_with_at_most_twice_the_slots_under_way() -> None:
    most = 0

    def say(attempt: Attempt) -> Result:
        nonlocal most
        most = max(most, len(place.flying))
        return fine(attempt)

    place = Told(say)
    done = run(place, 50).done
    assert sorted(done) == list(range(50))
    assert len(place.seen) == 50
    assert most == 4


def test_75_is_tried_again_three_times_and_then_given_up_while_others_go_on() -> None:
    place = Told(lambda a: Result(75, "the disk is full") if a.index == 3 else fine(a))
    with pytest.raises(Stopped) as stopped:
        run(place)
    assert stopped.value.code == 75
    assert "shard 3: the disk is full" in str(stopped.value)
    assert [a.number for a in place.seen if a.index == 3] == [1, 2, 3, 4]
    assert {a.index for a in place.seen} == set(range(10))


@pytest.mark.parametrize("code", [64, 65, 66, 70, 74])
def test_what_trying_again_cannot_mend_ends_the_sweep_with_its_code(code: int) -> None:
    place = Told(lambda a: Result(code, "no") if a.index == 0 else fine(a))
    with pytest.raises(Stopped) as stopped:
        run(place)
    assert stopped.value.code == code
    assert len([a for a in place.seen if a.index == 0]) == 1


def test_lost_workers_are_no_fault_of_the_shard() -> None:
    place = Told(lambda a: Result(75, lost=True) if a.number <= 20 and a.index == 1 else fine(a))
    assert run(place).costs.lost == 20
    with pytest.raises(Stopped):
        run(Told(lambda a: Result(75, "gone", lost=True) if a.index == 1 else fine(a)))


def test_a_shard_that_was_killed_for_memory_asks_for_twice_as_much_once() -> None:
    def say(attempt: Attempt) -> Result:
        if attempt.index == 2 and attempt.number <= 2:
            return Result(75, out_of_memory=True, memory=400 * MEGABYTE)
        return fine(attempt)

    place = Told(say)
    run(place)
    assert [a.memory for a in place.seen if a.index == 2] == [0, 800 * MEGABYTE, 800 * MEGABYTE]


def test_third_tries_and_the_last_twentieth_go_on_demand() -> None:
    place = Told(lambda a: Result(75, lost=True) if a.index == 0 and a.number < 4 else fine(a))
    run(place, 100)
    assert [a.on_demand for a in place.seen if a.index == 0] == [False, False, True, True]
    late = Told(lambda a: Result(75, lost=True) if a.index == 99 and a.number < 2 else fine(a))
    run(late, 100)
    assert [a.on_demand for a in late.seen if a.index == 99] == [False, True]


def test_a_straggler_gets_a_twin_and_the_slower_of_both_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "STRAGGLER_SECONDS", 0.05)
    monkeypatch.setattr(driver, "STRAGGLER", 0.0)
    place = Told(lambda a: None if a.index == 7 and a.number == 1 else fine(a))
    one = run(place)
    assert [a.number for a in place.seen if a.index == 7] == [1, 2]
    assert [a.number for a in place.cancelled] == [1]
    assert one.costs.repeated == 1


def test_copies_that_differ_end_the_sweep_with_70() -> None:
    def say(attempt: Attempt) -> Result:
        other = attempt.is_check and attempt.index == 5
        return Result(0, digest=("f" if other else "0") * 64, name="x", seconds=1, node="b" if other else "a")

    with pytest.raises(Stopped) as stopped:
        run(Told(say), sample=1.0)
    assert stopped.value.code == 70
    assert "shard 5" in str(stopped.value)


def test_a_sample_is_run_again_away_from_the_first_node() -> None:
    def say(attempt: Attempt) -> Result:
        digest = f"{attempt.index * 2**32 // 100:08x}"
        return Result(0, digest=digest, name="x", seconds=1, node="b" if attempt.avoid == "a" else "a")

    place = Told(say)
    one = run(place, 100, sample=0.095)
    checks = [a for a in place.seen if a.is_check]
    assert sorted(a.index for a in checks) == list(range(10))
    assert all(a.avoid == "a" for a in checks)
    assert (one.costs.checked, one.costs.checked_elsewhere) == (10, 10)
