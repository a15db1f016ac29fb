#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remakes Scenarios/samples: synthetic measurements with the moments of published ones, from a fixed seed."""

import json
import math
import pathlib
import random

folder = pathlib.Path(__file__).parent.parent / "Scenarios" / "samples"
folder.mkdir(exist_ok=True)
draws = random.Random(20260101)


def write(name, lines):
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def lifetimes():
    # Log-normal, 24 h at most, half of them stopped by their user: Scenarios/spot/fits/gcp-preemptible-2019.yaml.
    rows = ["vm,machine_type,end_kind,lifetime_s"]
    for number in range(400):
        life = min(86_400, draws.lognormvariate(math.log(205_056), 3.62))
        cut = draws.expovariate(1 / 60_000)
        kind = "preempted" if life <= cut else "user"
        rows.append(f"vm-{number},n1-highcpu-16,{kind},{max(1, min(life, cut)):.0f}")
    write("lifetimes.csv", rows)


def availability():
    # A region AND three zones, as Scenarios/spot/fits/aws-v100-2023.yaml has us-west-2; 1 is available.
    gap = 195

    def states(up, down, count):
        is_up = draws.random() < up / (up + down)
        left = draws.expovariate(1 / (up if is_up else down))
        for _ in range(count):
            yield is_up
            left -= gap
            while left <= 0:
                is_up = not is_up
                left += draws.expovariate(1 / (up if is_up else down))

    count = 4_000
    region = list(states(196_272, 10_494, count))
    for letter, up, down in (("a", 25_000, 1_900), ("b", 52_000, 2_600), ("c", 29_000, 1_900)):
        own = states(up, down, count)
        data = [int(a and b) for a, b in zip(region, own)]
        document = {"metadata": {"gap_seconds": gap, "synthetic": True}, "data": data}
        (folder / f"zone-1{letter}.json").write_text(json.dumps(document) + "\n", encoding="utf-8")


def latency():
    # Five repeats about a law of 43.9 ms and 0.40 ms for each of the batch.
    rows = ["batch_size,token_time"]
    for batch in (1, 2, 4, 8, 16, 32, 64):
        for _ in range(5):
            rows.append(f"{batch},{(43.9 + 0.40 * batch) * draws.gauss(1, 0.008):.2f}")
    write("latency.csv", rows)


def arrivals():
    # Half an hour of a Poisson process of 5.5 a second.
    now = 0.0
    rows = ["time"]
    while (now := now + draws.expovariate(5.5)) < 1_800:
        rows.append(f"{now:.4f}")
    write("arrivals.csv", rows)


def content():
    # A request a second: 55 % never come again, the others are of 300 contents by Zipf's law.
    weights = [1 / rank**0.9 for rank in range(1, 301)]
    now = 0.0
    rows = ["time,content"]
    for number in range(3_000):
        now += draws.expovariate(1)
        key = f"u{number}" if draws.random() < 0.55 else draws.choices(range(300), weights)[0]
        rows.append(f"{now:.3f},{key}")
    write("content.csv", rows)


def steps():
    # 16.65 ms a step, 95 us a request, 61.1 ns a token of context, 59.5 us a token of a prompt: Scenarios/tokens/chat.yaml.
    rows = ["sequences,prefill_tokens,context_tokens,step_time_ms"]
    for _ in range(300):
        sequences = draws.randint(1, 128)
        prefill = draws.choice([0, 0, 0, draws.randint(16, 8_192)])
        context = sum(draws.randint(100, 3_000) for _ in range(sequences))
        time = 16.65 + 0.095 * sequences + 61.1e-6 * context + 0.0595 * prefill
        rows.append(f"{sequences},{prefill},{context},{time * draws.gauss(1, 0.02):.3f}")
    write("steps.csv", rows)


lifetimes()
availability()
latency()
arrivals()
content()
steps()
