# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the figures of Results/reference-design: python figures.py DATABASE FOLDER."""

import sys
from pathlib import Path

import plimsoll_results as results


def main(database_path, folder):
    database = results.connect(database_path)
    folder = Path(folder)
    results.save(
        results.draw_bills(
            database,
            [f"reference-design/{name}.yaml" for name in (
                "baseline", "as-claimed", "with-fallback", "reference-fallback", "full-uptime",
                "reference-pools", "simulated")]),
        folder / "bill.svg")
    results.save(
        results.draw_latencies(
            database,
            [f"reference-design/{name}.yaml" for name in (
                "baseline", "as-claimed", "as-claimed-together", "as-claimed-random", "simulated")],
            0.2),
        folder / "latency.svg")
    results.save(
        results.draw_week(database, "reference-design/as-claimed-random.yaml"), folder / "week.svg")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python figures.py DATABASE FOLDER")
    main(sys.argv[1], sys.argv[2])
