#!/usr/bin/env python3
"""Checks the arithmetic and the sourcing of the catalogue drafts. Exit code 1 on any failure."""
import os
import re
import sys
from collections import defaultdict

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
GIB = 2**30
DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
failures, notices, checks = [], [], 0


def load(name):
    with open(os.path.join(HERE, name)) as f:
        return yaml.safe_load(f)


def check(ok, message):
    global checks
    checks += 1
    if not ok:
        failures.append(message)


def notice(message):
    notices.append(message)


def dated(where, entry, sources):
    check(entry.get("source") in sources, f"{where}: source {entry.get('source')!r} is not in sources")
    check(DAY.match(str(entry.get("date"))), f"{where}: no day ({entry.get('date')!r})")


def sources_of(name, doc, undated_allowed=()):
    for key, s in doc["sources"].items():
        for field in ("title", "address", "publisher"):
            check(s.get(field), f"{name}: source {key} has no {field}")
        if s.get("date") is None and key in undated_allowed:
            notice(f"{name}: source {key} is an undated copy")
        else:
            check(DAY.match(str(s.get("date"))), f"{name}: source {key} has no day")
        if s.get("date_precision"):
            notice(f"{name}: source {key} is known to the {s['date_precision']} only")


devices_doc, machines_doc = load("devices.yaml"), load("machines.yaml")
prices_doc, models_doc = load("prices.yaml"), load("models.yaml")
engines_doc, starts_doc = load("engines.yaml"), load("starts.yaml")
devices, machines, models = devices_doc["devices"], machines_doc["machines"], models_doc["models"]

# ---- sources
counts = {"llama32-card", "gemma3-report", "hf-405", "hf-index-70b", "qwen-counts", "mixtral22",
          "mixtral7-blog", "qwen3-card", "dsv3"}
for name, doc in (("devices", devices_doc), ("machines", machines_doc), ("prices", prices_doc),
                  ("engines", engines_doc), ("starts", starts_doc)):
    sources_of(name, doc)
sources_of("models", models_doc, counts)

# ---- devices
RANGES = {"memory_bytes": (10e9, 300e9), "memory_bytes_per_second": (200e9, 10e12),
          "flops_fp16": (50e12, 3e15), "flops_bf16": (50e12, 3e15), "ops_int8": (100e12, 6e15),
          "flops_fp8": (200e12, 6e15), "flops_fp4": (4e15, 12e15),
          "nvlink_bytes_per_second_each_way": (100e9, 1e12),
          "infinity_fabric_bytes_per_second_total": (500e9, 1e12),
          "pcie_bytes_per_second_each_way": (10e9, 130e9), "tdp_watt": (50, 1200)}
values = empty = 0
for name, d in devices.items():
    for field, x in d.items():
        if field == "vendor":
            continue
        if x is None:
            empty += 1
            continue
        values += 1
        dated(f"devices {name}.{field}", x, devices_doc["sources"])
        low, high = RANGES[field]
        check(low <= x["value"] <= high, f"devices {name}.{field}: {x['value']} outside {low}..{high}")
    get = lambda f: (d.get(f) or {}).get("value")
    for half, full in (("flops_bf16", "flops_fp8"), ("flops_fp8", "flops_fp4"), ("flops_bf16", "ops_int8")):
        if get(half) and get(full):
            check(1.95 <= get(full) / get(half) <= 2.05, f"devices {name}: {full} is not twice {half}")
    if get("flops_fp16") and get("flops_bf16"):
        check(get("flops_fp16") == get("flops_bf16"), f"devices {name}: fp16 and bf16 differ")

# ---- machines
for name, m in machines.items():
    dated(f"machines {name}", m, machines_doc["sources"])
    check(m["device"] in devices, f"machines {name}: unknown device {m['device']}")
    check(m["count"] in (1, 2, 4, 8), f"machines {name}: count {m['count']}")
    check(4 <= m["vcpu"] <= 224, f"machines {name}: vcpu {m['vcpu']}")
    check(10 * GIB <= m["memory_bytes"] <= 4096 * GIB, f"machines {name}: memory {m['memory_bytes']}")
    if m.get("device_memory_bytes_each"):
        ratio = m["device_memory_bytes_each"] / devices[m["device"]]["memory_bytes"]["value"]
        check(0.93 <= ratio <= 1.001, f"machines {name}: device memory is {ratio:.3f} of devices.yaml")
    if m.get("note") and "differs from what AWS says" in m["note"]:
        notice(f"machines {name}: {m['note']}")

# ---- prices
# sanity bounds of this script, dollars an hour and device; not from any source
PER_DEVICE = {"A100": (0.3, 9), "H100": (0.9, 20), "H200": (5, 12), "B200": (10, 20), "L4": (0.05, 3.6),
              "L40S": (1, 8), "A10G": (0.5, 5)}
seen, days = set(), defaultdict(set)
spot_rows = 0
for r in prices_doc["prices"]:
    where = f"prices {r['machine']} {r['region']} {r['date']}"
    check(r["source"] in prices_doc["sources"], f"{where}: unknown source")
    check(DAY.match(str(r["date"])), f"{where}: no day")
    check(r["on_demand"] is not None or r["spot"] is not None, f"{where}: no price")
    key = (r["cloud"], r["machine"], r["region"], r.get("zone"), r["date"])
    check(key not in seen, f"{where}: twice")
    seen.add(key)
    days[(r["cloud"], r["machine"])].add((r["date"], r["on_demand"] is not None, r["spot"] is not None))
    if r.get("since"):
        check(str(r["since"]) <= str(r["date"]), f"{where}: since is later than the day")
    if r["spot"] is not None:
        spot_rows += 1
        if r["on_demand"] is not None:
            check(r["spot"] <= r["on_demand"], f"{where}: spot {r['spot']} above on-demand {r['on_demand']}")
    m = machines.get(r["machine"])
    if m is None:
        check(r["machine"].startswith("p3"), f"{where}: machine not in machines.yaml")
        continue
    low, high = PER_DEVICE[m["device"].split("-")[0]]
    for kind in ("on_demand", "spot"):
        if r[kind] is not None:
            each = r[kind] / m["count"]
            check(low <= each <= high, f"{where}: {kind} {each:.2f} a device outside {low}..{high}")
for r in prices_doc["spot_advisor"]:
    where = f"spot_advisor {r['machine']} {r['region']}"
    dated(where, r, prices_doc["sources"])
    check(r["savings_percent"] <= 90, f"{where}: savings {r['savings_percent']}")
    if r["savings_percent"] < 0:
        notice(f"{where}: savings {r['savings_percent']} % as published (spot above on-demand)")
for cloud, machine, need_spot in (("aws", "p5.48xlarge", True), ("aws", "p4d.24xlarge", True),
                                  ("aws", "g6.xlarge", True), ("gcp", "a3-highgpu-8g", True),
                                  ("gcp", "a2-highgpu-8g", True), ("gcp", "a2-ultragpu-8g", True),
                                  ("gcp", "g2-standard-4", True)):
    on = {d for d, o, s in days[(cloud, machine)] if o}
    spot = {d for d, o, s in days[(cloud, machine)] if s}
    check(len(on) >= 2, f"prices {cloud} {machine}: on-demand on {len(on)} day(s)")
    if need_spot and len(spot) < 2:
        notice(f"prices {cloud} {machine}: WANTED but missing, spot on two days (have {len(spot)})")

# ---- models
BYTES = {"bfloat16": 2, "float8_e4m3": 1, "mxfp4": 4.25 / 8}


def weight_bytes(card):
    """Bytes of the weights. gpt-oss: experts in mxfp4 (4.25 bits with the scale), the rest bfloat16."""
    if card["dtype"] != "mxfp4":
        return card["parameters"] * BYTES[card["dtype"]]
    e = card["experts"]
    experts = card["layers"] * e["total"] * 3 * card["hidden"] * e["width"]
    return experts * BYTES["mxfp4"] + (card["parameters"] - experts) * 2


for name, c in models.items():
    dated(f"models {name}", c, models_doc["sources"])
    check(c["parameters_source"] in models_doc["sources"], f"models {name}: parameters_source")
    check(c["heads"] % c["kv_heads"] == 0, f"models {name}: heads not a multiple of kv_heads")
    check(bool(c.get("mla")) or c["head_dim"] in (64, 128, 256), f"models {name}: head_dim {c['head_dim']}")
    if c.get("checkpoint_gib"):
        got = weight_bytes(c) / GIB
        check(abs(got / c["checkpoint_gib"] - 1) < 0.02,
              f"models {name}: weights {got:.1f} GiB, published checkpoint {c['checkpoint_gib']} GiB")

# ---- weights against memory, for stated pairs
FITS = [("Llama-3.1-8B", "g6.xlarge", True), ("Llama-3.1-8B", "g2-standard-4", True),
        ("Llama-3.2-3B", "g5.xlarge", True), ("Qwen2.5-14B", "g6.xlarge", False),
        ("Qwen2.5-14B", "g6e.xlarge", True), ("Gemma-2-27B", "g6e.xlarge", False),
        ("Qwen3-32B", "a2-ultragpu-1g", True), ("Qwen3-32B", "a2-highgpu-1g", False),
        ("Llama-3.1-70B", "a3-highgpu-1g", False), ("Llama-3.1-70B", "a3-highgpu-2g", True),
        ("Llama-3.3-70B-Instruct", "p4d.24xlarge", True), ("Qwen2.5-72B", "p5.48xlarge", True),
        ("Mixtral-8x7B-v0.1", "a2-ultragpu-1g", False), ("Mixtral-8x7B-v0.1", "a2-ultragpu-2g", True),
        ("Mixtral-8x22B-v0.1", "p4de.24xlarge", True), ("Mixtral-8x22B-v0.1", "p4d.24xlarge", True),
        ("Llama-3.1-405B", "p5.48xlarge", False), ("Llama-3.1-405B", "p5en.48xlarge", True),
        ("DeepSeek-V3", "p5.48xlarge", True), ("DeepSeek-R1", "p5en.48xlarge", True),
        ("DeepSeek-R1", "p6-b200.48xlarge", True), ("Qwen3-235B-A22B", "p5.48xlarge", True),
        ("Qwen3-30B-A3B", "a3-highgpu-1g", True), ("gpt-oss-20b", "g6.xlarge", True),
        ("gpt-oss-120b", "a3-highgpu-1g", True), ("gpt-oss-120b", "a2-highgpu-1g", False),
        ("Llama-3.1-405B", "Standard_ND96isr_MI300X_v5", True)]
print("weights against device memory (GiB):")
for model, machine, expected in FITS:
    m = machines[machine]
    have = m["count"] * (m.get("device_memory_bytes_each") or devices[m["device"]]["memory_bytes"]["value"])
    need = weight_bytes(models[model])
    fits = need <= have
    print(f"  {model:24} {need / GIB:7.1f}  {machine:28} {have / GIB:7.1f}  {'fits' if fits else 'too large'}"
          f"{'' if need / have < 0.9 or not fits else ' (over 90 %: no room for a KV cache)'}")
    check(fits == expected, f"fit of {model} on {machine}: {fits}, expected {expected}")

# ---- engines
for e in engines_doc["engines"]:
    where = f"engines {e['engine']} {e['version']}"
    dated(where, e, engines_doc["sources"])
    for x in e["defaults"] + e["by_device"]:
        dated(where, x, engines_doc["sources"])
        check(re.search(r"\.py:\d+", x["where"]), f"{where}: no file:line in {x['where']}")
    listed = [d for x in e["by_device"] for d in x["devices"]]
    check(sorted(listed) == sorted(devices), f"{where}: by_device covers {sorted(set(devices) ^ set(listed))} wrongly")
    if e["engine"] == "sglang":
        bounds = {"memory < 20 GiB": (0, 20), "memory < 35 GiB": (20, 35), "memory < 60 GiB": (35, 60),
                  "memory < 90 GiB": (60, 90), "memory < 160 GiB": (90, 160), "memory >= 160 GiB": (160, 1e9)}
        for x in e["by_device"]:
            if x["condition"] in bounds:
                for d in x["devices"]:
                    gib = devices[d]["memory_bytes"]["value"] / GIB
                    low, high = bounds[x["condition"]]
                    check(low <= gib < high or (d == "H100-NVL" and 87 <= gib < 160),
                          f"{where}: {d} with {gib:.1f} GiB is not in {x['condition']}")

# ---- starts
for i, s in enumerate(starts_doc["starts"]):
    where = f"starts {i} {s['step']} {s['what'][:30]}"
    dated(where, s, starts_doc["sources"])
    t = s["seconds"]
    if t is None:
        check(s.get("ratio"), f"{where}: neither seconds nor ratio")
        continue
    low, high = t if isinstance(t, list) else (t, t)
    check(0 < low <= high <= 7200, f"{where}: {t} s")
    if s.get("bytes"):
        rate = s["bytes"] / high / 1e9
        check(0.1 <= rate <= 20, f"{where}: {rate:.2f} GB/s")
by = defaultdict(dict)
for s in starts_doc["starts"]:
    if s["source"] == "startup-profiler":
        by[s["what"]][s["step"]] = s["seconds"]
for what, x in by.items():
    check(x["cuda-graph-capture"] + x["kv-profile"] + x["dynamo"] <= x["engine-init"] + 0.01, f"starts {what}: engine-init too short")
    check(x["framework-bootstrap"] + x["weights-load"] + x["engine-init"] <= x["process-start-to-ready"], f"starts {what}: total too short")

print("\ncounts: devices %d (%d values, %d empty), machines %d, prices %d (%d with spot), spot_advisor %d, models %d, "
      "engines %d, starts %d" % (len(devices), values, empty, len(machines), len(prices_doc["prices"]), spot_rows,
                                 len(prices_doc["spot_advisor"]), len(models), len(engines_doc["engines"]), len(starts_doc["starts"])))
print("\nnotices:")
for n in notices:
    print("  " + n)
print(f"\n{checks} checks, {len(failures)} failures")
for f in failures:
    print("  FAIL " + f)
sys.exit(1 if failures else 0)
