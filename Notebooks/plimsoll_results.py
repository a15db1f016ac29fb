# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a results database of Plimsoll and draws its runs.

Every function takes an open connection and the path of a scenario; the newest finished run of it is
read. Figures come out the same byte for byte for the same results and versions of the libraries.
"""

import sqlite3
from pathlib import Path

import matplotlib
import pandas as pd

matplotlib.rcParams.update({
    "svg.hashsalt": "plimsoll",
    "svg.fonttype": "path",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.dpi": 120,
})
from matplotlib import pyplot as plt  # noqa: E402  (after the settings)

HOUR = 3.6e12
COLOURS = ["#28536b", "#c2948a", "#7ea8be", "#bbb193", "#5b8e7d", "#a3333d", "#8f8f8f",
           "#e0a458"]


def connect(path):
    """Opens a database for reading only."""
    if not Path(path).exists():
        raise FileNotFoundError(f"{path}: no such database; plimsoll run makes one")
    return sqlite3.connect(f"file:{Path(path).resolve()}?mode=ro", uri=True)


def run_of(database, scenario):
    """The number of the newest finished run whose scenario's path ends so."""
    row = database.execute(
        "SELECT max(run) FROM run WHERE state = 'finished' AND scenario LIKE ?", (f"%{scenario}",)
    ).fetchone()
    if row[0] is None:
        raise LookupError(f"no finished run of {scenario}")
    return row[0]


def measures(database, scenario):
    """The measures of a run with their intervals, by name."""
    frame = pd.read_sql(
        "SELECT name, unit, estimate, low, high, samples, is_exact, note FROM measure"
        " WHERE run = ? ORDER BY position",
        database, params=(run_of(database, scenario),))
    return frame.set_index("name")


def verdicts(database, scenario):
    """The judged targets of a run."""
    return pd.read_sql(
        "SELECT target, verdict, estimate, low, high, reason FROM verdict"
        " WHERE run = ? ORDER BY position",
        database, params=(run_of(database, scenario),))


def bill(database, scenario):
    """The monthly bill of a run by line, in dollars."""
    frame = pd.read_sql(
        "SELECT line, pool, market, monthly_nanodollars / 1e9 AS usd FROM invoice"
        " WHERE run = ? ORDER BY position",
        database, params=(run_of(database, scenario),))
    names = (frame["line"] + " " + frame["pool"]).str.strip()
    return frame.assign(name=names).groupby("name", sort=False)["usd"].sum()


def latency(database, scenario):
    """The empirical distribution of the latency of answered requests: seconds and share up to them."""
    frame = pd.read_sql(
        "SELECT bucket, high_seconds AS seconds, sum(count) AS count FROM latency_bucket"
        " WHERE run = ? AND kind = 'latency' GROUP BY bucket ORDER BY bucket",
        database, params=(run_of(database, scenario),))
    return frame.assign(share=frame["count"].cumsum() / frame["count"].sum())


def machines(database, scenario, replication=0):
    """The machines that serve, by pool and hour."""
    frame = pd.read_sql(
        "SELECT seconds / 3600 AS hour, pool, value FROM series"
        " WHERE run = ? AND replication = ? AND name = 'machines_ready' ORDER BY position",
        database, params=(run_of(database, scenario), replication))
    return frame.pivot(index="hour", columns="pool", values="value")


def interruptions(database, scenario, replication=0):
    """When machines were interrupted, in hours."""
    return pd.read_sql(
        "SELECT seconds / 3600 AS hour FROM fleet_event"
        " WHERE run = ? AND replication = ? AND kind = 'interrupted' ORDER BY position",
        database, params=(run_of(database, scenario), replication))["hour"]


def draw_bills(database, scenarios):
    """A bar for the bill of each scenario, by line."""
    bills = pd.DataFrame({Path(s).stem: bill(database, s) for s in scenarios}).fillna(0)
    figure, axes = plt.subplots(figsize=(7.2, 0.6 + 0.5 * len(scenarios)), layout="constrained")
    left = pd.Series(0.0, index=bills.columns)
    for index, (name, row) in enumerate(bills.iterrows()):
        axes.barh(bills.columns, row, left=left, label=name, color=COLOURS[index % len(COLOURS)])
        left += row
    for name, total in left.items():
        axes.annotate(f" {total:,.0f}", (total, name), va="center")
    axes.invert_yaxis()
    axes.set_xlabel("USD for a month of 730 h")
    axes.set_xlim(0, left.max() * 1.12)
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    return figure


def draw_latencies(database, scenarios, target_seconds):
    """The share of requests that take longer than a time, on a logarithmic axis."""
    figure, axes = plt.subplots(figsize=(7.2, 3.4), layout="constrained")
    for index, scenario in enumerate(scenarios):
        frame = latency(database, scenario)
        beyond = (1 - frame["share"]).clip(lower=1e-7)
        axes.step(frame["seconds"] * 1e3, beyond, where="post", label=Path(scenario).stem,
                  color=COLOURS[index % len(COLOURS)])
    axes.axvline(target_seconds * 1e3, color="black", linestyle=":", linewidth=1)
    axes.annotate(f" target {target_seconds * 1e3:.0f} ms", (target_seconds * 1e3, 0.4), fontsize=8)
    axes.axhline(0.01, color="grey", linestyle=":", linewidth=1)
    axes.annotate("P99 ", (0, 0.012), xycoords=("axes fraction", "data"), fontsize=8)
    axes.set_yscale("log")
    axes.set_ylim(1e-6, 1)
    axes.set_xlim(0, target_seconds * 1.6e3)
    axes.set_xlabel("latency, ms")
    axes.set_ylabel("share of answers that took longer")
    axes.legend(frameon=False, fontsize=8)
    return figure


def draw_week(database, scenario, replication=0):
    """The machines of a week by pool, with what they cost an hour and every interruption."""
    ready = machines(database, scenario, replication).loc[:167]
    run = run_of(database, scenario)
    prices = pd.read_sql(
        "SELECT pool, price_nanodollars_per_hour / 1e9 AS price FROM invoice"
        " WHERE run = ? AND line = 'machines'", database, params=(run,)).set_index("pool")["price"]
    figure, (top, bottom) = plt.subplots(
        2, sharex=True, figsize=(7.2, 4), height_ratios=(2, 1), layout="constrained")
    top.stackplot(ready.index, ready.T, labels=ready.columns, step="post",
                  colors=COLOURS[:len(ready.columns)])
    for hour in interruptions(database, scenario, replication):
        if hour <= 168:
            top.axvline(hour, color=COLOURS[5], linewidth=0.8)
    top.set_ylabel("machines that serve")
    figure.legend(loc="outside upper right", ncols=4, frameon=False, fontsize=8)
    spot = [pool for pool in ready.columns if pool in prices.index]
    cost = sum((ready[pool] * prices[pool] for pool in spot), start=ready.iloc[:, 0] * 0)
    bottom.step(ready.index, cost, where="post", color=COLOURS[0])
    bottom.set_ylabel("USD/h beyond\ncommitments")
    bottom.set_xlabel("hour of the week; lines: interruptions")
    bottom.set_xlim(0, 168)
    return figure


def save(figure, path):
    """Writes a figure as SVG, without the date."""
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
