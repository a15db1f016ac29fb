#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the table of closed-form values that tests compare with: Tests/ClosedForms/make-tables.py [family ...].

With names of families it prints these instead. Needs Python 3.9 and mpmath; takes about a minute.
"""

import json
import pathlib
import sys

from mpmath import mp

import analysis  # noqa: F401
import batches  # noqa: F401
import fleets  # noqa: F401
import queues  # noqa: F401
from families import FAMILIES

HEADER = """\
# Closed-form values of queues, fleets, caches and statistics, worked out with 50 digits.
# Made by Tests/ClosedForms/make-tables.py; change that and run it. One value a line; the sources stand above each family.
"""


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def lines(name, source, cases):
    yield f"# {name}: {source}."
    for parameters, values in cases():
        text = quoted(json.dumps(parameters, separators=(",", ":")))
        for quantity, value in values.items():
            number = mp.nstr(mp.mpf(value), 17, min_fixed=-5, max_fixed=16)
            yield f"{name},{text},{quantity},{number}"


def main():
    wanted = sys.argv[1:]
    table = [
        line for name, source, cases in FAMILIES if not wanted or name in wanted
        for line in lines(name, source, cases)]
    text = HEADER + "case,parameters,quantity,value\n" + "\n".join(table) + "\n"
    if wanted:
        print(text, end="")
    else:
        (pathlib.Path(__file__).parent / "closed-forms.csv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
