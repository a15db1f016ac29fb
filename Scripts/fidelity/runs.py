# SPDX-License-Identifier: GPL-3.0-or-later
"""Two measured runs of vLLM beside the engine, whose law of a step comes from layer times of the same device."""

import bisect
import csv
import functools
import json
import math
import subprocess

import common

# Arguments of the engines are in meta.json. Utilisation 0.9 is vLLM 0.19's default; 2 GB of overhead are assumed; 96 GB
# and the links (16 GB/s, 20 us) are what LLMServingSim states for these machines (bench/examples/configs, commit 9692a58).
runs = [
    ("RTXPRO6000_Llama-3.1-8B", "meta-llama/Llama-3.1-8B/bf16/tp1", common.llama8, 1),
    ("RTXPRO6000_Qwen3-32B", "Qwen/Qwen3-32B/bf16/tp2", common.qwen32, 2),
]
memory, utilisation, overhead = 96e9, 0.9, 2e9
link_bandwidth, link_latency = 16e9, 20e-6
# Of the tokens of prompts, by the README of the data.
hit_share = 0.076


class Profile:
    """The time of a step from measured times of a layer's parts, between measured sizes by straight lines."""

    def __init__(self, folder, card, devices):
        self.card, self.devices = card, devices
        self.dense, self.sequence, self.mixed = {}, {}, {}
        for name, column, into in (("dense", "tokens", self.dense), ("per_sequence", "sequences", self.sequence)):
            with open(folder / f"{name}.csv", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    into.setdefault(row["layer"], []).append((int(row[column]), float(row["time_us"])))
        for table in (*self.dense.values(), *self.sequence.values()):
            table.sort()
        with open(folder / "attention.csv", encoding="utf-8") as file:
            names = ("prefill_chunk", "kv_prefill", "n_decode", "kv_decode")
            for row in csv.DictReader(file):
                self.mixed[tuple(int(row[n]) for n in names)] = float(row["time_us"])

    @staticmethod
    def line(table, place):
        index = min(max(1, bisect.bisect_left(table, (place,))), len(table) - 1)
        (x, y), (u, v) = table[index - 1 : index + 1]
        return y + (v - y) * (place - x) / (u - x)

    @staticmethod
    def bracket(value, least, most):
        """The measured powers of two round a value, each with its weight."""
        if value <= 0:
            return [(0, 1.0)]
        if value <= least or value >= most:
            return [(least if value <= least else most, 1.0)]
        low = 1 << int(math.log2(value))
        share = (value - low) / low
        return [(low, 1 - share)] + ([(2 * low, share)] if share > 0 else [])

    @functools.lru_cache(maxsize=None)
    def attention(self, chunk, before, decodes, context):
        total = weights = 0.0
        for a, w in self.bracket(chunk, 16, 2048):
            for b, x in self.bracket(before, 16, 16384):
                for c, y in self.bracket(decodes, 1, 256):
                    for d, z in self.bracket(context, 16, 16384):
                        time = self.mixed.get((a, b if a else 0, c, d if c else 0))
                        if time is not None:
                            total += w * x * y * z * time
                            weights += w * x * y * z
        return total / weights if weights else 0.0

    def seconds(self, decodes, context, prefill, parts, before):
        """Of a step with so many decodes, tokens of context of theirs, tokens of prompts and prompts."""
        tokens = decodes + prefill
        dense = lambda name: self.line(self.dense[name], tokens) if name in self.dense else 0.0
        attention = self.attention(prefill, before, decodes, round(context / decodes) if decodes else 0)
        if parts > 1:
            # Several prompts look at themselves only: what that saves is measured without decodes.
            attention += parts * self.attention(prefill // parts, 0, 0, 0) - self.attention(prefill, 0, 0, 0)
        layer = attention + 2 * dense("layernorm") + sum(
            dense(n) for n in ("qkv_proj", "qk_norm", "rotary_emb", "o_proj", "gate_up_proj", "act_fn", "down_proj"))
        if self.devices > 1:
            moved = 2 * (self.devices - 1) / self.devices * tokens * self.card["hidden_size"] * 2
            layer += 2 * (link_latency + moved / link_bandwidth) * 1e6
        ends = dense("embedding") + dense("final_layernorm") + sum(
            self.line(self.sequence[n], decodes + parts) for n in ("lm_head", "sampler"))
        return (self.card["num_hidden_layers"] * layer + ends) * 1e-6


def blocks(card, devices):
    """KV blocks of 16 tokens from the memory."""
    layer = 2 * card["hidden_size"] * (card["num_attention_heads"] + card["num_key_value_heads"]) * card["head_dim"]
    layer += 3 * card["hidden_size"] * card["intermediate_size"]
    weights = 2 * (card["num_hidden_layers"] * layer + 2 * card["vocab_size"] * card["hidden_size"])
    token = 4 * card["num_hidden_layers"] * card["num_key_value_heads"] * card["head_dim"]
    return int((devices * (memory * utilisation - overhead) - weights) / (16 * token))


def write_requests(path, requests, start, share):
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,arrival_ns,prompt_tokens,output_tokens,blocks\n")
        for index, r in enumerate(requests):
            full = (r["input_toks"] + r["output_toks"]) // 16
            common_blocks = min(int(share * r["input_toks"] / 16 + 0.5), full)
            chain = f"1-{common_blocks} " if common_blocks else ""
            base = 1_000_000 + index * 10_000
            chain += f"{base}-{base + full - common_blocks - 1}" if full > common_blocks else ""
            arrival = round((r["arrival_time"] - start) * 1e9)
            file.write(f"{index},{arrival},{r['input_toks']},{r['output_toks']},{chain.strip()}\n")


def engine(folder, law, settings, steps):
    config = dict(settings, step_law_ns=law)
    (folder / "config.json").write_text(json.dumps(config))
    arguments = ["engine", "--config", "config.json", "--requests", "requests.csv", "-o", "out.csv"]
    if steps:
        arguments += ["--steps", "steps.csv"]
    subprocess.run([common.command] + arguments, cwd=folder, check=True)


def step_table(folder, profile):
    """The profile's time of each step that the scheduler made."""
    with open(folder / "steps.csv", encoding="utf-8") as file, open(folder / "table.csv", "w") as out:
        out.write("sequences,prefill_tokens,context_tokens,time_us\n")
        last = 0
        for row in csv.DictReader(file):
            sequences, context, prefill, decodes = (
                int(row[k]) for k in ("scheduled", "context_tokens", "prefill_tokens", "decode_tokens"))
            parts = sequences - decodes
            begun = len(row["admitted"].split())
            # A prompt that goes on has what the step before computed of it in front.
            before = last if parts > begun else 0
            own = max(0, context - before)
            time = profile.seconds(decodes, own, prefill, parts, before // max(1, parts))
            out.write(f"{sequences},{prefill},{context},{time * 1e6:.3f}\n")
            last = prefill


def fitted_law(folder):
    report, problem = common.calibrate(folder / "table.csv")
    if report is None:
        raise SystemExit(problem)
    law = common.law(report)
    names = {"c0": "fixed", "c1": "sequence", "c2": "context_token", "c3": "prefill_token"}
    all_row = common.table(report, "How far the law is from what it was fitted to")[0]
    return {k: round(common.seconds(law[n]) * 1e9, 6) for k, n in names.items()}, all_row


def figures(first, per_token, latency):
    result = {}
    for name, values in (("TTFT", first), ("TPOT", per_token), ("latency", latency)):
        result[name, "mean"] = sum(values) / len(values)
        for share in (50, 90, 99):
            result[name, f"p{share}"] = common.quantile(values, share / 100)
    return result


def measured(requests):
    # Both clocks run alike; what lies between them is the least that a request took from client to queue.
    offset = max(r["arrival_time"] - r["queued_ts"] for r in requests)
    first = [r["first_token_ts"] + offset - r["arrival_time"] for r in requests]
    latency = [r["last_token_ts"] + offset - r["arrival_time"] for r in requests]
    per = [(r["last_token_ts"] - r["first_token_ts"]) / (r["output_toks"] - 1) for r in requests if r["output_toks"] > 1]
    return figures(first, per, latency)


def simulated(folder, requests, start):
    first, latency, per, hits = [], [], [], 0
    with open(folder / "out.csv", encoding="utf-8") as file:
        for row, r in zip(csv.DictReader(file), requests):
            arrival = round((r["arrival_time"] - start) * 1e9)
            one, end = int(row["first_token_ns"]), int(row["completed_ns"])
            first.append((one - arrival) / 1e9)
            latency.append((end - arrival) / 1e9)
            hits += int(row["cached_tokens"])
            if r["output_toks"] > 1:
                per.append((end - one) / 1e9 / (r["output_toks"] - 1))
    return figures(first, per, latency), hits / sum(r["input_toks"] for r in requests)


def published(path):
    """vLLM's figures and LLMServingSim's errors, as its summary has them."""
    names = {"TTFT": "TTFT", "TPOT": "TPOT", "Latency": "latency"}
    shares = {"Mean": "mean", "Median": "p50", "P90": "p90", "P99": "p99"}
    result = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if len(words) == 5 and words[1] in shares:
            result[names[words[0]], shares[words[1]]] = float(words[4].rstrip("%")) / 100
    return result


def compare(data, folder):
    """For each run: the law, what the profile's fit is off, and errors without and with hits."""
    results = []
    for name, profile_path, card, devices in runs:
        source = data / "vllm-runs" / name
        requests = [json.loads(line) for line in (source / "requests.jsonl").read_text().splitlines()]
        requests.sort(key=lambda r: r["arrival_time"])
        arguments = json.loads((source / "meta.json").read_text())["engine_kwargs"]
        with open(source / "timeseries.csv", encoding="utf-8") as file:
            series = list(csv.DictReader(file))
        profile = Profile(data / "vllm-runs/profiles/RTXPRO6000" / profile_path, card, devices)
        start = requests[0]["arrival_time"]
        settings = {
            "max_num_batched_tokens": arguments["max_num_batched_tokens"], "max_num_seqs": arguments["max_num_seqs"],
            "num_blocks": blocks(card, devices), "enable_prefix_caching": True, "async_scheduling": True,
        }
        result = {
            "name": name, "blocks": settings["num_blocks"], "published": published(source / "summary.txt"),
            "measured": measured(requests), "occupancies": sorted({float(r["kv_cache_pct"]) for r in series}),
            "most running": max(int(r["running"]) for r in series), "variants": {},
        }
        # A rough law for the first steps; the steps that the scheduler makes under it tell which the profile is asked for.
        law = {"c0": 2e7, "c1": 1e4, "c2": 50.0, "c3": 4e4}
        for label, share in (("without hits", 0.0), ("with hits", hit_share)):
            write_requests(folder / "requests.csv", requests, start, share)
            for _ in range(3):
                engine(folder, law, settings, True)
                step_table(folder, profile)
                law, fit = fitted_law(folder)
            engine(folder, law, settings, False)
            made, hits = simulated(folder, requests, start)
            result["variants"][label] = {"law": law, "fit": fit, "made": made, "hits": hits}
        results.append(result)
    return results
