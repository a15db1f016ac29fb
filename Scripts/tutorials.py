# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the blocks of tutorials; see tutorials.sh."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```(\w*) ?(.*)$")


def blocks(text: str) -> list[tuple[str, str, list[str], int]]:
    """The fenced blocks of a page: language, what stands behind it, lines, and the number of the first."""
    found, inside = [], None
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if inside is None and fence:
            inside = (fence[1], fence[2].strip(), [], number + 1)
        elif inside is not None and line == "```":
            found.append(inside)
            inside = None
        elif inside is not None:
            inside[2].append(line)
    return found


def script(lines: list[str]) -> str:
    """The commands as a shell runs them: the first that ends otherwise than it should ends the script with its code."""
    text = "set -e\n"
    for line in lines:
        expected = re.search(r"\s+# ends with (\d+)$", line)
        if expected:
            line = line[: expected.start()]
            text += f"code=0; {line} || code=$?\n"
            text += f'[ "$code" = {expected[1]} ] || {{ echo "ended with $code" >&2; exit 1; }}\n'
        else:
            text += line + "\n"
    return text


def missing(expected: list[str], printed: list[str]) -> str | None:
    """The first line that is not printed where it should be."""
    place, may_skip = 0, False
    for line in expected:
        if line.strip() == "...":
            may_skip = True
            continue
        while may_skip and place < len(printed) and printed[place].rstrip() != line.rstrip():
            place += 1
        if place >= len(printed) or printed[place].rstrip() != line.rstrip():
            return line
        place, may_skip = place + 1, False
    return None if may_skip or place == len(printed) else "(the end) instead of: " + printed[place]


def run(page: pathlib.Path, command: pathlib.Path) -> int:
    count, output = 0, None
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "bin").mkdir()
        (folder / "bin" / "plimsoll").symlink_to(command)
        # The Python package of this project with the libraries that notebooks need too.
        ray = folder / "bin" / "plimsoll-ray"
        ray.write_text(
            f'#!/bin/sh\nPYTHONPATH={ROOT}/Cluster/plimsoll-ray exec {ROOT}/.build/notebooks/bin/python '
            f'-m plimsoll_ray.cli "$@"\n', encoding="utf-8")
        ray.chmod(0o755)
        (folder / "work").mkdir()
        (folder / "home").mkdir()
        environment = dict(os.environ, PATH=f"{folder / 'bin'}:{os.environ['PATH']}", HOME=str(folder / "home"))
        environment.pop("PLIMSOLL", None)
        for language, rest, lines, number in blocks(page.read_text(encoding="utf-8")):
            if language == "sh":
                done = subprocess.run(
                    ["sh", "-c", script(lines)], cwd=folder / "work", env=environment, text=True,
                    capture_output=True, timeout=600, check=False)
                if done.returncode != 0:
                    sys.exit(f"{page}:{number}: the block ended with {done.returncode}\n{done.stdout}{done.stderr}")
                output = done.stdout.splitlines()
                count += 1
            elif language == "text":
                if output is None:
                    sys.exit(f"{page}:{number}: no block sh before this text")
                line = missing(lines, output)
                if line is not None:
                    sys.exit(f"{page}:{number}: not printed: {line}\nprinted:\n" + "\n".join(output))
            elif rest:
                (folder / "work" / rest).parent.mkdir(parents=True, exist_ok=True)
                (folder / "work" / rest).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return count


def main() -> None:
    command = pathlib.Path(os.environ["PLIMSOLL"]).resolve()
    for name in sys.argv[1:]:
        started = time.monotonic()
        count = run(pathlib.Path(name), command)
        if count == 0:
            sys.exit(f"{name}: no block sh")
        print(f"tutorials: {name}: {count} blocks are true, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
