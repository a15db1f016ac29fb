# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what a sweep found as Parquet, for pandas, DuckDB and others."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

# What belongs to a run; the number of its point goes in front.
TABLES = {
    "measures": "name, unit, estimate, low, high, samples, is_exact, state, note FROM measure",
    "verdicts": "target, verdict, unit, estimate, low, high, samples, reason FROM verdict",
    "invoices": "line, pool, market, monthly_nanodollars / 1e9 AS monthly_usd FROM invoice",
    "replications": "replication, digest, arrived, completed, hit, joined, rejected, timed_out, failed, "
    "minutes, minutes_available, prompt_tokens, output_tokens, measured_ns, billed_ns FROM replication",
}


def _numbers(texts: list[str | None]) -> list[Any]:
    try:
        return [None if text is None else float(text.replace("_", "")) for text in texts]
    except ValueError:
        return list(texts)


def export(path: Path, folder: Path) -> list[Path]:
    """Write points, measures, verdicts, invoices and replications of a database's newest sweep."""
    with closing(sqlite3.connect(f"file:{path.resolve()}?mode=ro", uri=True)) as database:
        (sweep,) = database.execute("SELECT max(sweep) FROM sweep").fetchone()
        points = "SELECT point, state, run, reason, overrides FROM sweep_point WHERE sweep = ? ORDER BY point"
        rows = database.execute(points, (sweep,)).fetchall()
        values = [dict(line.split("=", 1) for line in row[4].split("\n") if line) for row in rows]
        columns = {name: [row[i] for row in rows] for i, name in enumerate(("point", "state", "run", "reason"))}
        # Values are texts with units; where all are numbers they can be compared and drawn.
        for key in dict.fromkeys(key for each in values for key in each):
            columns[key] = _numbers([each.get(key) for each in values])
        tables = {"points": pa.table(columns)}
        for name, query in TABLES.items():
            order = "replication" if name == "replications" else "position"
            cursor = database.execute(
                f"SELECT point, {query} JOIN sweep_point USING (run) WHERE sweep = ? ORDER BY point, {order}", (sweep,)
            )  # fmt: skip
            names, found = [column[0] for column in cursor.description], cursor.fetchall()
            tables[name] = pa.table({column: [row[i] for row in found] for i, column in enumerate(names)})
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        parquet.write_table(table, folder / f"{name}.parquet")
    return [folder / f"{name}.parquet" for name in tables]
