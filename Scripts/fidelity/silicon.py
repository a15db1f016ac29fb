# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of published benchmarks: some of each group are fitted, the others predicted; then whole groups are left out."""

import collections
import csv
import hashlib
import json

import common

keys = [
    "model_path", "system", "backend", "backend_version", "precision", "tp_size", "pp_size",
    "attention_dp_size", "moe_tp_size", "moe_ep_size",
]
# How a benchmark was driven: requests of a client, mean lengths as a share of what is named, and how far lengths lie from
# their mean. InferenceX, whose rows have these lengths, asks ten times a client and draws lengths evenly from 80 to 100 % of
# what it names (random_range_ratio 0.8). Other rows do not say, and one of the ways is chosen by the fitted rows.
inference_x = (10, 0.9, "11%")
drivers = [inference_x, (1, 1.0, "0%"), (10, 1.0, "0%")]
lengths_of_inference_x = {("1024", "1024"), ("1024", "8192"), ("8192", "1024")}
# A way of driving whose median errors on the fitted rows are as small as this is taken, and no other tried.
near = 0.06
# Larger benchmarks take long to simulate for each step of a fit.
most_clients = 256


def read(path):
    """Groups of aggregated rows: (line as it is in the file, row)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    groups = collections.defaultdict(list)
    for line, row in zip(lines[1:], csv.DictReader(lines)):
        if row["mode"] == "agg":
            groups[tuple(row[k] for k in keys)].append((line, row))
    return groups


def clients(row):
    """Clients of one rank: attention in data parallel splits them among schedulers of their own."""
    ranks = max(1, int(row["attention_dp_size"] or 1))
    return max(1, round(int(row["concurrency"] or row["batch_size"]) / ranks))


def is_fitted(line):
    return hashlib.sha256(line.encode()).digest()[-1] % 2 == 0


def write(path, rows, mean_share):
    with open(path, "w", encoding="utf-8") as file:
        file.write("concurrency,isl,osl,ttft_ms,tpot_ms\n")
        for row in rows:
            isl, osl = (float(row[k]) * mean_share for k in ("isl", "osl"))
            file.write(f"{clients(row)},{isl:.1f},{osl:.1f},{row['silicon_ttft_ms']},{row['silicon_tpot_ms']}\n")


def weight_bytes(row):
    kind = row["gemm_quant_mode"] or row["precision"]
    return 0.5 if "fp4" in kind else 1 if "fp8" in kind else 2


def roofline_of(group):
    """Card, device and weights of a group whose model is dense and whose device is known; None else."""
    row = group[0][1]
    model, system = row["model_path"], row["system"]
    if model not in common.cards or system not in common.devices or int(row["pp_size"] or 1) != 1:
        return None
    return common.cards[model], system, weight_bytes(row), int(row["tp_size"])


class Choice:
    """What is assumed of a group's benchmark: its driver, and bytes of a number of a key."""

    def __init__(self, group, driver, kv_bytes):
        self.driver, self.kv_bytes = driver, kv_bytes
        requests, self.mean_share, spread = driver
        self.options = ["--scheduler", group[0][1]["backend"], "--spread", spread, "--requests-per-client", requests]
        known = roofline_of(group)
        if known:
            card, system, size, parallel = known
            tokens = common.cache_tokens(system, card, size, parallel, kv_bytes)
            self.options += ["--cache-tokens", tokens]

    def text(self):
        named = {10: "ten a client", 1: "one wave"}[self.driver[0]]
        return named + (", 80 to 100 % long" if self.driver[1] < 1 else ", exact")


def choices(group):
    """Those that may be, by driver, the likeliest first. Keys of one byte make a difference where memory is known."""
    known = roofline_of(group)
    kinds = (2, 1) if known and known[2] < 2 else (2,)
    is_known = all((r["isl"], r["osl"]) in lengths_of_inference_x for _, r in group)
    return [[Choice(group, d, size) for size in kinds] for d in ([inference_x] if is_known else drivers)]


def errors(report, title):
    """(TTFT error, TPOT error, beyond the knee) of each row of a table."""
    result = []
    for cells in common.table(report, title):
        first = common.seconds(cells[4]) / common.seconds(cells[3]) - 1
        later = common.seconds(cells[7]) / common.seconds(cells[6]) - 1 if cells[6] else None
        result.append((first, later, cells[10] == "beyond"))
    return result


def distance(report):
    """How far a fit is from its own rows: the mean size of all errors, each 100 % at most, and the larger median."""
    own = errors(report, "The fitted rows")
    first, later = [abs(e[0]) for e in own], [abs(e[1]) for e in own if e[1] is not None]
    mean = sum(min(e, 1.0) for e in first + later) / len(first + later)
    return mean, max(common.median(first), common.median(later) if later else 0.0)


def halves(groups, folder, progress):
    """Fits the even rows of each group and predicts the odd ones.

    What the rows do not say of a benchmark is chosen by the fitted rows alone.
    """
    results = []
    for number, (key, group) in enumerate(sorted(groups.items())):
        rows = [(l, r) for l, r in group if clients(r) <= most_clients]
        fitted = [r for l, r in rows if is_fitted(l)]
        other = [r for l, r in rows if not is_fitted(l)]
        if len(fitted) < 2 or not other:
            results.append((key, len(fitted), len(other), None, None, "too few rows on one side", None))
            continue
        one, two = folder / "fitted.csv", folder / "other.csv"
        best, problem = None, ""
        for kinds in choices(group):
            for choice in kinds:
                write(one, fitted, choice.mean_share)
                write(two, other, choice.mean_share)
                report, message = common.calibrate(one, "--check", two, *choice.options)
                problem = problem or message
                if report is None:
                    continue
                mean, middle = distance(report)
                if best is None or mean < best[0]:
                    best = (mean, report, choice, middle)
            if best is not None and best[3] < near:
                break
        if best is None:
            results.append((key, len(fitted), len(other), None, None, problem.splitlines()[-1], None))
            continue
        _, report, choice, _ = best
        made = errors(report, "The rows that were not fitted")
        results.append((key, len(fitted), len(other), errors(report, "The fitted rows"), made, "", choice))
        progress(f"{number + 1} of {len(groups)} groups")
    return results


# What a device reaches of its memory's rate is not told from the fixed time of a layer by rows of one model on one number
# of devices. It is AISimulate's (h100_sxm.yaml), and so is nothing else.
memory_share = "80%"


def roofline(group, choice, folder, *options):
    """The fit of a roofline to a group, or what one makes of it where all parameters are given."""
    card, system, size, parallel = roofline_of(group)
    (folder / "card.json").write_text(json.dumps(card))
    write(folder / "group.csv", [r for _, r in group], choice.mean_share)
    return common.calibrate(
        folder / "group.csv", *choice.options, "--device", common.device(system, size), "--card",
        folder / "card.json", "--weight-bytes", size, "--kv-bytes", choice.kv_bytes, "--tensor-parallel", parallel,
        "--given", f"memory={memory_share}", *options)


def fit_rooflines(groups, made, folder):
    """What each group that a roofline can have reaches of the matrix units, the time of a layer, and its choice."""
    chosen = {m[0]: m[6] for m in made if m[6]}
    fits = {}
    for key, group in sorted(groups.items()):
        if not roofline_of(group) or key not in chosen:
            continue
        report, _ = roofline(group, chosen[key], folder)
        if report:
            fits[key] = {k: common.number(v) for k, v in common.law(report).items()}
            fits[key]["choice"] = chosen[key]
    return fits


def nearest(key, groups, fits, is_related):
    """The fits of those groups that are not related to one and are the most like it, three at least."""
    others = [k for k in fits if not is_related(k, key)]
    size = weight_bytes(groups[key][0][1])
    likes = [
        lambda k: k[1:3] == key[1:3] and weight_bytes(groups[k][0][1]) == size and k[5] == key[5],
        lambda k: k[1:3] == key[1:3] and weight_bytes(groups[k][0][1]) == size,
        lambda k: k[1:3] == key[1:3], lambda k: k[2] == key[2] and k[5] == key[5], lambda k: k[2] == key[2],
        lambda k: True,
    ]
    for is_like in likes:
        found = [fits[k] for k in others if is_like(k)]
        if len(found) >= 3:
            return found
    return []


def left_out(groups, fits, folder, is_related):
    """Predicts each group by the medians of the parameters of groups like it, those related to it left out."""
    results = []
    for key in sorted(fits):
        others = nearest(key, groups, fits, is_related)
        if not others:
            results.append((key, None, "fewer than three other groups"))
            continue
        given = {n: common.median([o[n] for o in others]) for n in ("matrix", "layer")}
        report, problem = roofline(
            groups[key], fits[key]["choice"], folder, "--given", f"matrix={100 * given['matrix']:.4f}%", "--given",
            f"layer={given['layer'] * 1e6:.4f}us", "--given", "link=80%", "--given", "fixed=0s")
        results.append((key, errors(report, "The fitted rows") if report else None, problem))
    return results
