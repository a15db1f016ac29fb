# SPDX-License-Identifier: GPL-3.0-or-later
"""plimsoll-ray: the verbs of plimsoll that simulate much, on many machines.

The command plans, decides the rounds, merges and answers; what is here only has its shards run.
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import parquet, shard
from .driver import MEGABYTE, Costs, Driver, Rules, Stopped
from .places import Local, OnRay, Place
from .shard import Result, Work

NOTE = "All other options are those of plimsoll's verb: plimsoll sweep --help, plimsoll optimize --help."


def share(text: str) -> float:
    value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value


def natural(text: str) -> int:
    if (value := int(text)) < 1:
        raise ValueError(text)
    return value


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("plimsoll-ray", description=__doc__, allow_abbrev=False)
    parser.error = _usage  # type: ignore[method-assign, assignment]
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("sweep", "optimize", "explain", "sensitivity"):
        one = verbs.add_parser(verb, description=NOTE, allow_abbrev=False)
        one.error = _usage  # type: ignore[method-assign, assignment]
        place = one.add_mutually_exclusive_group()
        place.add_argument("--local", type=natural, metavar="N", help="N shards side by side here, without Ray")
        place.add_argument("--address", default="auto", help="a Ray cluster (auto); local starts one here")
        one.add_argument("--out", type=Path, required=True, help="the folder of plans, shards and results")
        one.add_argument("--store", help="a folder or URL (s3://…) that every node reaches; in OUT by default")
        one.add_argument("--command", default="plimsoll", help="the command; it travels to the nodes")
        one.add_argument("--command-on-nodes", metavar="PATH", help="every node has it at PATH already")
        one.add_argument("--spot", action="store_true", help="prefer nodes that are labelled as spot")
        one.add_argument("--memory", type=natural, default=0, metavar="MB", help="what a shard asks for")
        one.add_argument("--retries", type=int, default=3, help="of a shard that failed and may be tried again (3)")
        one.add_argument("--verify-sample", type=share, default=0.0, metavar="1%%", help="run so many again")
        one.add_argument("--price", type=float, default=0.0, help="USD for a core hour, to tell what it cost")
        one.add_argument("--quiet", action="store_true", help="print nothing but the results")
        if verb == "sweep":
            one.add_argument("--shards", type=natural, help="how many; one for each replication, 1000 at most")
            one.add_argument("--format", default="table", help="how results are printed: table, json, csv, markdown")
            one.add_argument("--parquet", action="store_true", help="write OUT/parquet too")
    export = verbs.add_parser("parquet", help="write the newest sweep of a database as Parquet")
    export.add_argument("database", type=Path)
    export.add_argument("--out", type=Path, required=True)
    return parser


def _usage(message: str) -> None:
    raise Stopped(64, f"{message}; see --help")


class Session:
    """One call: the command, the place where shards run, and what it all took."""

    def __init__(self, asked: argparse.Namespace, rest: list[str]) -> None:
        for word in ("--plan", "--db", "--jobs", "--out"):
            if any(each.split("=")[0] == word for each in rest):
                raise Stopped(64, f"{word} is not for plimsoll-ray")
        found = shutil.which(asked.command)
        if found is None:
            raise Stopped(shard.MISSING, f"there is no command {asked.command}; name one with --command")
        self.asked, self.rest, self.command = asked, rest, Path(found).resolve()
        self.quiet = ["--quiet"] if asked.quiet else []
        self.place: Place | None = None
        self.costs = Costs()

    def tell(self, text: str) -> None:
        if not self.asked.quiet:
            print(f"plimsoll-ray: {text}", file=sys.stderr, flush=True)

    def call(self, *arguments: str, fine: int = 0) -> tuple[int, str]:
        """Call the command; its messages go where ours go, and what it prints comes back."""
        done = subprocess.run([self.command, *arguments], stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode not in (0, fine):
            print(done.stdout, end="")
            raise Stopped(done.returncode, f"plimsoll {' '.join(arguments[:2])} ended with {done.returncode}")
        return done.returncode, done.stdout

    def found(self, files: list[dict[str, Any]]) -> Place:
        """Give the place where shards run; it is made once the files of a plan are known."""
        asked = self.asked
        if self.place is None and asked.local:
            self.place = Local(asked.local)
        elif self.place is None:
            large = [Path(file["path"]) for file in files if "text" not in file]
            near = [path for path in large if not path.is_absolute() and ".." not in path.parts]
            try:
                self.place = OnRay(asked.address, asked.command_on_nodes or self.command, near, use_spot=asked.spot)
            except ImportError as error:
                raise Stopped(64, "Ray is not installed: pip install 'plimsoll-ray[ray]'; or --local N") from error
        return self.place

    def shards(self, plan: Path) -> None:
        """Run the shards of a plan that are not there yet."""
        document, folder, asked = json.loads(plan.read_bytes()), plan.parent / "shards", self.asked
        target = f"{asked.store.rstrip('/')}/{document['hash'][:16]}" if asked.store else str(folder.resolve())
        for name in shard.listed(target):
            if not (folder / name).exists():
                shard.fetch(target, name, folder)
        state = json.loads(self.call("sweep", "status", str(plan), "--format", "json", fine=shard.AGAIN)[1])
        if state["foreign"]:
            raise Stopped(shard.BAD_INPUT, f"{state['foreign'][0]} is a shard of another plan")
        left = sorted(state["missing"] + state["damaged"])
        if state["done"]:
            self.tell(f"{state['done']} of {state['shards']} shards were there before")
        if not left:
            return

        def accept(index: int, result: Result) -> None:
            try:
                shard.fetch(target, result.name, folder)
                is_same = shard.digest_of(folder / result.name) == result.digest
            except FileNotFoundError as error:
                raise Stopped(
                    shard.INPUT_OUTPUT, f"node {result.node} wrote shard {index} into {target}, where this machine "
                    "does not see it; name a folder that all share, or a bucket, with --store") from error  # fmt: skip
            if not is_same:
                raise Stopped(shard.INPUT_OUTPUT, f"{folder / result.name} is not what was written there")

        place = self.found(document["plan"]["files"])
        digest = shard.digest_of(self.command)
        place.begin(Work(shard.digest_of(plan), str(self.command), digest, target), plan.read_bytes())
        rules = Rules(asked.retries, asked.verify_sample, asked.memory * MEGABYTE, asked.quiet)
        Driver(place, self.costs, accept, rules).run(left)

    def sweep(self) -> None:
        asked, plan = self.asked, self.asked.out / "plan.json"
        cut = ["--shards", str(asked.shards)] if asked.shards else []
        with tempfile.TemporaryDirectory(prefix="plimsoll-plan-") as scratch:
            self.call("sweep", "plan", *self.rest, *cut, *self.quiet, "--out", scratch)
            new = (Path(scratch) / "plan.json").read_bytes()
        if plan.exists() and plan.read_bytes() != new:
            raise Stopped(shard.BAD_INPUT, f"{asked.out} holds another sweep; name another folder with --out")
        shard.put(str(asked.out), "plan.json", new)
        self.shards(plan)
        merge = ("sweep", "merge", str(plan), "--format", asked.format, "--out", str(asked.out), *self.quiet)
        code, text = self.call(*merge, fine=shard.BUG)
        print(text, end="")
        if asked.parquet:
            parquet.export(asked.out / "sweep.sqlite", asked.out / "parquet")
        if code:
            raise Stopped(code, "a point ended by a bug of ours")

    def study(self) -> None:
        """Let the command decide the rounds, and run the shards of each."""
        out = self.asked.out
        code, text = self.call(self.asked.verb, *self.rest, *self.quiet, "--plan", str(out), fine=shard.AGAIN)
        while code or "round" in json.loads(text.splitlines()[-1]):
            number = max(int(path.parent.name[6:]) for path in out.glob("round-*/plan.json"))
            self.tell(f"round {number}")
            self.shards(out / f"round-{number}" / "plan.json")
            code, text = self.call("next", str(out))
        print("".join(text.splitlines(keepends=True)[:-1]), end="")

    def finish(self) -> None:
        if self.place is not None:
            self.place.close()
        if self.costs.attempts:
            shard.put(str(self.asked.out), "costs.json", f"{json.dumps(asdict(self.costs), indent=2)}\n".encode())
            self.tell(self.costs.sentence(self.asked.price))


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> None:
    """Do what the command line says, and leave with plimsoll's exit codes."""
    signal.signal(signal.SIGTERM, _interrupt)
    session, code = None, 0
    try:
        asked, rest = options().parse_known_args(arguments)
        if asked.verb == "parquet":
            print(*parquet.export(asked.database, asked.out), sep="\n")
            return
        session = Session(asked, rest)
        session.sweep() if asked.verb == "sweep" else session.study()
    except (Stopped, OSError, ValueError, RuntimeError) as error:
        code = error.code if isinstance(error, Stopped) else shard.INPUT_OUTPUT
        print(f"plimsoll-ray: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        code = shard.AGAIN
        print("\nplimsoll-ray: interrupted; what is done is kept, and the same command goes on", file=sys.stderr)
    finally:
        if session is not None:
            session.finish()
    sys.exit(code)


if __name__ == "__main__":
    main()
