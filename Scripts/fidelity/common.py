# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parts of the fidelity results share: the command, its tables, and errors."""

import json
import os
import pathlib
import re
import subprocess

root = pathlib.Path(__file__).resolve().parent.parent.parent
command = os.environ.get("PLIMSOLL_COMMAND", str(root / ".build/release/plimsoll"))
units = {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0, "us": 1e-6, "ns": 1e-9, "ps": 1e-12, "fs": 1e-15}

# Sizes of models as their makers publish them (config.json on huggingface.co), under the names of those files.
llama70 = {
    "num_hidden_layers": 80, "hidden_size": 8192, "num_attention_heads": 64, "num_key_value_heads": 8,
    "head_dim": 128, "intermediate_size": 28672, "vocab_size": 128256, "tie_word_embeddings": False,
}
llama8 = {
    "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8,
    "head_dim": 128, "intermediate_size": 14336, "vocab_size": 128256, "tie_word_embeddings": False,
}
qwen32 = {
    "num_hidden_layers": 64, "hidden_size": 5120, "num_attention_heads": 64, "num_key_value_heads": 8,
    "head_dim": 128, "intermediate_size": 25600, "vocab_size": 151936, "tie_word_embeddings": False,
}
cards = {
    "meta-llama/Llama-3.1-70B": llama70,
    "meta-llama/Llama-3.1-8B-Instruct": llama8,
    "nvidia/Llama-3.1-8B-Instruct-FP8": llama8,
    "Qwen/Qwen3-32B": qwen32,
}

# Memory, its bandwidth and links by NVIDIA's data sheets of H100, H200 and B200 (2024); dense rates of the matrix units in
# 10^12 a second for 2, 1 and 0.5 bytes; the latency of an all-reduce is AISimulate's (h100_sxm.yaml).
devices = {
    "h100_sxm": ("80GB", "3350GB/s", {2: 989, 1: 1979, 0.5: 1979}, "450GB/s"),
    "h200_sxm": ("141GB", "4800GB/s", {2: 989, 1: 1979, 0.5: 1979}, "450GB/s"),
    "b200_sxm": ("180GB", "8000GB/s", {2: 2250, 1: 4500, 0.5: 9000}, "900GB/s"),
    "gb200": ("186GB", "8000GB/s", {2: 2500, 1: 5000, 0.5: 10000}, "900GB/s"),
}


def device(name, weight_bytes):
    memory, bandwidth, rates, link = devices[name]
    return (
        f"memory={memory},memory_bandwidth={bandwidth},matrix_tflops={rates[weight_bytes]},"
        f"link_bandwidth={link},link_latency=10us"
    )


def cache_tokens(system, card, weight_bytes, tensor_parallel, kv_bytes):
    """KV tokens: 0.9 of the memory less weights less 1.7 GB of each device. None is fitted."""
    c = card
    layer = 2 * c["hidden_size"] * (c["num_attention_heads"] + c["num_key_value_heads"]) * c["head_dim"]
    layer += 3 * c["hidden_size"] * c["intermediate_size"]
    weights = (c["num_hidden_layers"] * layer + 2 * c["vocab_size"] * c["hidden_size"]) * weight_bytes
    token = 2 * c["num_hidden_layers"] * c["head_dim"] * kv_bytes * max(c["num_key_value_heads"], tensor_parallel)
    memory = float(devices[system][0][:-2]) * 1e9
    room = tensor_parallel * (memory * 0.9 - 1.7e9) - weights
    return int(room / token)


def calibrate(file, *options, text=False):
    """What `plimsoll calibrate steps` makes of a file, or the message with which it refuses."""
    arguments = [command, "calibrate", "steps", str(file), "--format", "json"] + [str(o) for o in options]
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode != 0:
        return None, done.stderr.strip()
    return json.loads(done.stdout), ""


def seconds(cell):
    """A time of a table in seconds."""
    number, unit = re.fullmatch(r"([-0-9.]+)([a-z]+)", cell).groups()
    return float(number) * units[unit]


def table(report, title):
    found = [t for t in report["tables"] if t["title"] == title]
    return found[0]["rows"] if found else []


def law(report):
    """The parameters of a fit as --given takes them."""
    return {row[0]: row[1] for row in table(report, "The law")}


def number(text):
    """A parameter of a law as a number: seconds, or a share."""
    return float(text[:-1]) / 100 if text.endswith("%") else seconds(text)


def median(values):
    return quantile(values, 0.5)


def quantile(values, share):
    """By the nearest rank between, as numpy and vLLM have it: linear."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def percent(value, places=1):
    return f"{100 * value:.{places}f} %"


def summary(errors):
    """Count, mean, median size and P90 size of errors."""
    if not errors:
        return ["0", "", "", ""]
    sizes = [abs(e) for e in errors]
    return [str(len(errors)), percent(sum(errors) / len(errors)), percent(median(sizes)), percent(quantile(sizes, 0.9))]


def markdown(header, rows):
    lines = ["| " + " | ".join(header) + " |", "| --- |" + " ---: |" * (len(header) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"
