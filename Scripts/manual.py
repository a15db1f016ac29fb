#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a page of the manual for the command and for each of its verbs, out of what it says of itself.

    plimsoll --experimental-dump-help | Scripts/manual.py FOLDER VERSION
"""

import json
import pathlib
import sys


def escaped(text: str) -> str:
    """A text as groff takes it: no line begins a request, no hyphen turns into another sign."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in ".'" else line for line in text.splitlines())


def option(argument: dict) -> str:
    """The names of an argument and its value, as they are typed."""
    value = escaped(f"<{argument.get('valueName', 'value')}>")
    names = [
        escaped(("--" if name["kind"] == "long" else "-") + name["name"])
        for name in sorted(argument.get("names") or [], key=lambda name: name["kind"] == "long")
    ]
    if argument["kind"] == "positional":
        return value
    bold = ", ".join(f"\\fB{name}\\fR" for name in names)
    return bold if argument["kind"] == "flag" else f"{bold} {value}"


def page(command: dict, path: list[str], version: str) -> str:
    name = "-".join(path)
    arguments = [a for a in command.get("arguments", []) if a.get("shouldDisplay", True)]
    verbs = [v for v in command.get("subcommands", []) if v.get("shouldDisplay", True)]
    lines = [
        f'.TH "{escaped(name.upper())}" 1 "" "plimsoll {version}" "Plimsoll"',
        ".SH NAME",
        f"{escaped(name)} \\- {escaped(command.get('abstract', '').rstrip('.'))}",
        ".SH SYNOPSIS",
        f".B {escaped(' '.join(path))}",
    ]
    for argument in arguments:
        text = option(argument)
        lines.append(f"[{text}]" if argument.get("isOptional", True) else text)
    if verbs:
        lines.append(escaped("<verb>"))
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", escaped(command["discussion"])]
    if arguments:
        lines.append(".SH OPTIONS")
    for argument in arguments:
        lines += [".TP", option(argument), escaped(argument.get("abstract", "") or "\\&")]
        if argument.get("defaultValue"):
            lines.append(escaped(f"(default: {argument['defaultValue']})"))
        if argument.get("discussion"):
            lines.append(escaped(argument["discussion"]))
    if verbs:
        lines.append(".SH VERBS")
    for verb in verbs:
        lines += [
            ".TP",
            f"\\fB{escaped('-'.join(path + [verb['commandName']]))}\\fR(1)",
            escaped(verb.get("abstract", "")),
        ]
    if len(path) > 1:
        lines += [".SH SEE ALSO", f"\\fB{escaped('-'.join(path[:-1]))}\\fR(1)"]
    return "\n".join(lines) + "\n"


def write(command: dict, path: list[str], version: str, folder: pathlib.Path) -> int:
    (folder / ("-".join(path) + ".1")).write_text(page(command, path, version), encoding="utf-8")
    return 1 + sum(
        write(verb, path + [verb["commandName"]], version, folder)
        for verb in command.get("subcommands", [])
        if verb["commandName"] != "help"
    )


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit("usage: plimsoll --experimental-dump-help | Scripts/manual.py FOLDER VERSION")
    command = json.load(sys.stdin)["command"]
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    count = write(command, [command["commandName"]], sys.argv[2], folder)
    print(f"manual: {count} pages in {folder}", file=sys.stderr)


if __name__ == "__main__":
    main()
