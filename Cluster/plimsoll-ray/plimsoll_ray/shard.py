# SPDX-License-Identifier: GPL-3.0-or-later
"""One attempt at a shard: what a worker does, with Ray or without.

The command runs as a direct child, which ends with this process: Ray ends nothing else for us.
"""

import functools
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

BAD_INPUT, MISSING, BUG, INPUT_OUTPUT, AGAIN = 65, 66, 70, 74, 75


@dataclass(frozen=True)
class Work:
    """What all shards of a plan have in common."""

    plan: str  # SHA-256 of plan.json, by which a node keeps it
    command: str  # its path on the node
    digest: str  # SHA-256 of the command
    target: str  # the folder or URL that shards go to


@dataclass(frozen=True)
class Attempt:
    """One try at a shard."""

    index: int
    number: int = 0  # from 1
    memory: int = 0  # bytes that a node must have free; 0 for none in particular
    on_demand: bool = False
    avoid: str = ""  # a node that it shall not run on, where there is another
    is_check: bool = False  # whether it repeats a shard that is done, to compare the bytes


@dataclass(frozen=True)
class Result:
    """What an attempt came to: under a kilobyte, whatever the shard holds."""

    code: int
    message: str = ""
    digest: str = ""
    name: str = ""
    seconds: float = 0.0
    memory: int = 0
    node: str = ""
    out_of_memory: bool = False
    lost: bool = False  # whether its worker or node went, which says nothing about the shard


Children = dict[Attempt, "subprocess.Popen[bytes]"]


@functools.cache
def _digest(path: str, _size: int, _changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def digest_of(path: Path | str) -> str:
    """Give the SHA-256 of a file, read once for each state of it."""
    status = Path(path).stat()
    return _digest(str(path), status.st_size, status.st_mtime_ns)


def put(target: str, name: str, data: bytes) -> None:
    """Write a file into a folder or a bucket so that it is there whole or not at all."""
    system, folder = fsspec.core.url_to_fs(target)
    if not isinstance(system, LocalFileSystem):
        system.pipe_file(f"{folder}/{name}", data)
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(".part", f".{name}.", folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(0o644)
        Path(aside).replace(f"{folder}/{name}")
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def fetch(target: str, name: str, folder: Path) -> None:
    """Bring a shard's file from where all go into a folder here, unless that is the same."""
    system, remote = fsspec.core.url_to_fs(target)
    if not (isinstance(system, LocalFileSystem) and Path(remote).resolve() == folder.resolve()):
        put(str(folder), name, system.cat_file(f"{remote}/{name}"))


def listed(target: str) -> list[str]:
    """Name the shards' files that are where all go."""
    system, folder = fsspec.core.url_to_fs(target)
    if not system.exists(folder):
        return []
    names = [path.rsplit("/", 1)[-1] for path in system.ls(folder, detail=False)]
    return sorted(name for name in names if name.endswith(".jsonl") and not name.startswith("."))


def run(work: Work, attempt: Attempt, plan: bytes, node: str, children: Children | None = None) -> Result:
    """Run a shard and put its file where all go; what goes wrong is in the result."""
    began = time.monotonic()
    try:
        result = _run(work, attempt, plan, {} if children is None else children)
    except OSError as error:
        result = Result(AGAIN, f"{type(error).__name__}: {error}")
    return replace(result, node=node, seconds=time.monotonic() - began)


def _run(work: Work, attempt: Attempt, plan: bytes, children: Children) -> Result:
    if not Path(work.command).exists():
        return Result(MISSING, f"there is no {work.command} on this node")
    if digest_of(work.command) != work.digest:
        return Result(BAD_INPUT, f"{work.command} on this node is another build than the one that planned")
    kept = Path(tempfile.gettempdir()) / f"plimsoll-{os.getuid()}" / work.plan / "plan.json"
    if not kept.exists() or digest_of(kept) != work.plan:
        put(str(kept.parent), kept.name, plan)
    with tempfile.TemporaryDirectory(prefix="plimsoll-shard-") as scratch:
        result = _call(work, attempt, kept, Path(scratch), children)
        if result.code != 0:
            return result
        data = (Path(scratch) / f"{attempt.index}.jsonl").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    # Copies of a shard that differ get different names, and so are found.
    name = f"{attempt.index}-{digest[:16]}.jsonl"
    if not attempt.is_check:
        put(work.target, name, data)
    return replace(result, digest=digest, name=name)


def _call(work: Work, attempt: Attempt, plan: Path, scratch: Path, children: Children) -> Result:
    call = [work.command, "sweep", "run-shard", str(plan), "--index", str(attempt.index)]
    call += ["--out", str(scratch), "--jobs", "1", "--quiet"]
    if sys.platform == "linux":
        call += ["--die-with-parent", "--parent", str(os.getpid())]
    with (scratch / "messages").open("w+b") as messages:
        child = subprocess.Popen(call, stdin=subprocess.DEVNULL, stdout=messages, stderr=messages)
        children[attempt] = child
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            child.wait()
            raise
        finally:
            del children[attempt]
        child.returncode = code = os.waitstatus_to_exitcode(status)
        messages.seek(0)
        message = messages.read().decode(errors="replace").strip()[-500:]
    # In kilobytes on Linux, in bytes on macOS.
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    if code < 0:
        ended = f"the command was ended by signal {-code}"
        return Result(AGAIN, ended, memory=memory, out_of_memory=code == -signal.SIGKILL)
    return Result(code, message, memory=memory)
