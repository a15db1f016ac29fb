# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts first or mixed steps under one law, the host's time, and KV capacity, beside what is published of them."""

import json

import common
import silicon


row_of = {
    # Qwen3-32B in one byte on one H200, 128 clients, 1,280 requests of 1,024 tokens each way: the real scheduler of SGLang
    # 0.5.14, and another simulator's mixed steps (ai-dynamo/aisimulate, pull request 120).
    "sglang": "128,1024,1024,1280,4472,30.2",
    "vllm": "128,1024,1024,1280,961,33.6",
}
kv_tokens = 371587


def closed_loop(scheduler, folder, *options):
    """TTFT, TPOT and output tokens a second of that benchmark, and the law behind them."""
    file = folder / "oracle.csv"
    file.write_text(f"concurrency,isl,osl,requests,ttft_ms,tpot_ms\n{row_of[scheduler]}\n")
    report, problem = common.calibrate(file, "--scheduler", scheduler, "--cache-tokens", kv_tokens, *options)
    if report is None:
        raise SystemExit(problem)
    row = common.table(report, "The fitted rows")[0]
    return (common.seconds(row[4]), common.seconds(row[7]), float(row[9])), common.law(report)


def schedulers(fits, folder):
    """(name, law, what each scheduler makes of it): all schedulers of a line under one law."""
    (folder / "card.json").write_text(json.dumps(common.qwen32))
    device = ["--device", common.device("h200_sxm", 1), "--card", folder / "card.json", "--weight-bytes", 1]
    others = [f for key, f in fits.items() if key[0] != "Qwen/Qwen3-32B" and key[1] == "h200_sxm" and key[5] == "1"]
    given = {n: common.median([o[n] for o in others]) for n in ("matrix", "layer")}
    roofline = device + [
        "--given", f"memory={silicon.memory_share}", "--given", f"matrix={100 * given['matrix']:.4f}%",
        "--given", f"layer={given['layer'] * 1e6:.4f}us", "--given", "link=80%", "--given", "fixed=0s"]
    # Keys and values of a token are 262,144 bytes, at 0.8 of 4.8 TB/s.
    context = ["--given", "sequence=0s", "--given", "context_token=68.27ns"]

    def affine(scheduler):
        """A law with which one scheduler has exactly its two times."""
        _, law = closed_loop(scheduler, folder, *context)
        return context + ["--given", f"fixed={law['fixed']}", "--given", f"prefill_token={law['prefill_token']}"]

    laws = [
        ("roofline, by other models on one H200", roofline), ("affine, by the real scheduler's times", affine("sglang")),
        ("affine, by the other simulator's times", affine("vllm")),
    ]
    results = []
    for name, options in laws:
        made = {
            "first": closed_loop("sglang", folder, *options)[0], "mixed 8,192": closed_loop("vllm", folder, *options)[0],
            "mixed 2,048": closed_loop("vllm", folder, "--step-tokens", 2048, *options)[0],
        }
        results.append((name, closed_loop("sglang", folder, *options)[1], made))
    return results


def host_times(folder):
    """TTFT and tokens a second with and without the host's time, under the law of Llama-3.1-70B on two H100."""
    law = {"fixed": "16.65ms", "sequence": "95us", "context_token": "61.1ns", "prefill_token": "59.5us"}
    rows = [(c, 1024, 1024) for c in (4, 16, 64)]
    with open(folder / "host.csv", "w", encoding="utf-8") as file:
        file.write("concurrency,isl,osl,ttft_ms,tpot_ms\n")
        for clients, prompt, output in rows:
            file.write(f"{clients},{prompt},{output},1,1\n")
    made = {}
    for host in ("0ms", "1ms", "3ms", "5ms"):
        for mode in ([], ["--async"]):
            options = [o for n, v in law.items() for o in ("--given", f"{n}={v}")]
            report, problem = common.calibrate(folder / "host.csv", "--spread", "11%", "--host", host, *options, *mode)
            if report is None:
                raise SystemExit(problem)
            made[host, bool(mode)] = [
                (common.seconds(r[4]), float(r[9])) for r in common.table(report, "The fitted rows")]
    return [c for c, _, _ in rows], made


def capacity():
    """An RTX 4090 of 24 GiB with Llama-3.1-8B in two bytes at 0.9: (assumed overhead in GiB, blocks)."""
    c = common.llama8
    layer = 2 * c["hidden_size"] * (c["num_attention_heads"] + c["num_key_value_heads"]) * c["head_dim"]
    layer += 3 * c["hidden_size"] * c["intermediate_size"] + 2 * c["hidden_size"]
    weights = 2 * (c["num_hidden_layers"] * layer + 2 * c["vocab_size"] * c["hidden_size"] + c["hidden_size"])
    block = 16 * 4 * c["num_hidden_layers"] * c["num_key_value_heads"] * c["head_dim"]
    return [(o, int((24 * 2**30 * 0.9 - o * 2**30 - weights) / block)) for o in (0, 1, 1.6, 2)]
