#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remakes Results/fidelity from measured data: Scripts/fidelity.sh names the folder."""

import collections
import csv
import pathlib
import sys
import tempfile

import common
import oracles
import runs
import silicon

begin, end = "<!-- begin: made by make fidelity -->", "<!-- end -->"
results = common.root / "Results" / "fidelity"


def write_csv(name, header, rows):
    with open(results / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def runs_page(made):
    text, rows = "", []
    for run in made:
        text += f"\n**{run['name'].replace('_', ', ')}**: {run['blocks']} KV blocks by memory; at most {run['most running']} ran."
        if run["occupancies"] == [0.0]:
            text += " `kv_cache_pct` is 0 in every row of the time series, so that blocks cannot be read from it."
        text += "\n\n"
        lines = []
        for key, measured in run["measured"].items():
            without, hits = (run["variants"][v]["made"][key] for v in ("without hits", "with hits"))
            other = run["published"].get(key)
            lines.append([
                f"{key[0]}, {key[1]}", f"{measured * 1e3:,.1f} ms", common.percent(without / measured - 1),
                common.percent(hits / measured - 1), common.percent(other) if other is not None else ""])
            rows.append([
                run["name"], key[0], key[1], f"{measured:.6f}", f"{without:.6f}", f"{hits:.6f}",
                f"{without / measured - 1:.6f}", f"{hits / measured - 1:.6f}", "" if other is None else f"{other:.3f}"])
        text += common.markdown(
            ["", "vLLM 0.19.0", "error without hits", "error with hits", "LLMServingSim's error"], lines)
        fit = run["variants"]["without hits"]["fit"]
        text += (
            f"\nThe affine law is off the profile's time of a step by {fit[3]} in the median and {fit[4]} at P90, over "
            f"{fit[1]} steps. With hits {common.percent(run['variants']['with hits']['hits'])} of the prompts' tokens were found.\n")
    write_csv(
        "vllm-runs.csv",
        ["run", "measure", "statistic", "measured_s", "without_hits_s", "with_hits_s", "error_without_hits",
         "error_with_hits", "published_error_of_llmservingsim"], rows)
    return text


def spread_rows(lists):
    """Rows of a table of errors by place: (name, list of (TTFT, TPOT, beyond))."""
    lines = []
    for name, errors in lists:
        for place, is_beyond in (("below the knee", False), ("beyond", True)):
            own = [e for e in errors if e[2] == is_beyond]
            first, later = [e[0] for e in own], [e[1] for e in own if e[1] is not None]
            if own:
                lines.append([f"{name}, {place}"] + common.summary(first) + common.summary(later)[1:])
    return lines


header = [
    "", "rows", "TTFT: mean error", "median size", "P90 size", "TPOT: mean error", "median size", "P90 size"]


def version(key):
    """The backend of a group and, where it is told, its version."""
    return " ".join(part for part in key[2:4] if part)


def group_row(key, errors):
    first, later = [abs(e[0]) for e in errors if not e[2]], [abs(e[1]) for e in errors if not e[2] and e[1] is not None]
    beyond_first = [abs(e[0]) for e in errors if e[2]]
    cells = [common.median(v) if v else "" for v in (first, later, beyond_first)]
    return list(key) + [len(errors), sum(e[2] for e in errors)] + [c if c == "" else f"{c:.6f}" for c in cells]


def halves_page(groups, all_groups, made):
    fitted = [e for m in made if m[3] for e in m[3]]
    other = [e for m in made if m[4] for e in m[4]]
    text = common.markdown(header, spread_rows(
        [("fitted", fitted), ("predicted", other)]
        + [(f"predicted, {b}, {kind}", [
            e for m in made if m[4] and m[0][2] == b and bool(silicon.roofline_of(groups[m[0]])) == is_dense for e in m[4]])
           for b in ("vllm", "sglang", "trtllm") for kind, is_dense in (("dense, memory known", True), ("others", False))]))
    bad = sorted(
        (m for m in made if m[4]), key=lambda m: -common.median([abs(e[0]) for e in m[4]]))[:10]
    text += "\nThe ten groups with the largest median error of TTFT:\n\n" + common.markdown(
        ["model, system, backend, TP, DP, EP", "rows", "beyond", "TTFT, median size", "TPOT, median size"],
        [[f"{m[0][0].split('/')[1]}, {m[0][1]}, {version(m[0])}, {m[0][5]}, {m[0][7] or 1}, {m[0][9]}", str(len(m[4])),
          str(sum(e[2] for e in m[4])), common.percent(common.median([abs(e[0]) for e in m[4]])),
          common.percent(common.median([abs(e[1]) for e in m[4] if e[1] is not None]))] for m in bad])
    drivers = collections.Counter(m[6].text() for m in made if m[6])
    text += "\nHow benchmarks were driven, by the fitted rows: " + "; ".join(
        f"{name} in {count} groups" for name, count in drivers.most_common()) + ".\n"
    failed = [m for m in made if m[5]]
    rows = sum(len(g) for g in all_groups.values())
    inside = sum(len(g) for g in groups.values())
    text += (
        f"\nCoverage: {rows} aggregated rows in {len(all_groups)} groups; {len(groups)} groups of at least six have {inside} of "
        f"them. {len(fitted)} rows were fitted and {len(other)} predicted. Not predicted: {len(failed)} groups"
        + (" (" + "; ".join(sorted({m[5].split(': ')[-1] for m in failed})) + ")" if failed else "")
        + f", and rows of more than {silicon.most_clients} clients a rank.\n")
    write_csv(
        "silicon-halves.csv",
        silicon.keys + ["predicted_rows", "beyond_knee", "median_ttft_error_below", "median_tpot_error_below",
                        "median_ttft_error_beyond"],
        [group_row(m[0], m[4]) for m in made if m[4]])
    return text


def left_out_page(studies):
    lists = [(name, [e for _, errors, _ in made if errors for e in errors]) for name, made, _ in studies]
    text = common.markdown(header, spread_rows(lists))
    write_csv(
        "silicon-left-out.csv",
        ["left_out"] + silicon.keys + ["predicted_rows", "beyond_knee", "median_ttft_error_below",
                                       "median_tpot_error_below", "median_ttft_error_beyond"],
        [[name] + group_row(key, errors) for name, made, _ in studies for key, errors, _ in made if errors])
    name, made, fits = studies[0]
    text += "\nEach group, left out alone:\n\n" + common.markdown(
        ["model, system, backend, weights, TP", "rows", "matrix", "layer", "TTFT, median size", "TPOT, median size"],
        [[f"{k[0].split('/')[1]}, {k[1]}, {version(k)}, {k[4] or 'not said'}, {k[5]}", str(len(errors)),
          common.percent(fits[k]["matrix"], 0), f"{fits[k]['layer'] * 1e6:.0f} us",
          common.percent(common.median([abs(e[0]) for e in errors if not e[2]] or [float("nan")])),
          common.percent(common.median([abs(e[1]) for e in errors if not e[2] and e[1] is not None] or [float("nan")]))]
         for k, errors, _ in made if errors])
    text += "\nmatrix and layer are what the group's own rows give; it was predicted without them.\n"
    return text


def oracles_page(fits, folder):
    studies = oracles.schedulers(fits, folder)
    lines = [
        ["*real SGLang, prompts first*", "4,472 ms", "30.2 ms", "3,708", ""],
        ["*another simulator, mixed steps*", "961 ms", "33.6 ms", "3,704", "4.7"]]
    names = {"first": "prompts first", "mixed 8,192": "steps of 8,192 mixed", "mixed 2,048": "steps of 2,048 mixed"}
    for name, _, made in studies:
        for case, m in made.items():
            ratio = "" if case == "first" else f"{made['first'][0] / m[0]:.2f}"
            lines.append([f"{name}: {names[case]}", f"{m[0] * 1e3:,.0f} ms", f"{m[1] * 1e3:.1f} ms", f"{m[2]:,.0f}", ratio])
    text = common.markdown(["", "TTFT", "TPOT", "output tokens a second", "TTFT of prompts first by that of mixed"], lines)
    text += "\nThe laws: " + "; ".join(
        f"{name}: " + ", ".join(f"{k} {v}" for k, v in law.items()) for name, law, _ in studies) + ".\n"
    clients, hosts = oracles.host_times(folder)
    text += "\n**The host's time between steps**, beside none (Llama-3.1-70B on two H100, 1,024 tokens each way):\n\n"
    lines = []
    for host in ("1ms", "3ms", "5ms"):
        for is_async in (False, True):
            cells = []
            for index in range(len(clients)):
                one, none = hosts[host, is_async][index], hosts["0ms", is_async][index]
                cells += [common.percent(one[0] / none[0] - 1), common.percent(one[1] / none[1] - 1)]
            lines.append([f"{host}, {'two steps in flight' if is_async else 'one at a time'}"] + cells)
    text += common.markdown(
        [""] + [f"{c} clients: {w}" for c in clients for w in ("TTFT", "tokens/s")], lines)
    text += (
        "\nPublished of leaving it out (BLIS): tokens a second within 2.5 %, TTFT 17 to 56 % too short, over 16 runs under "
        "open load.\n\n**KV capacity**, RTX 4090, Llama-3.1-8B: vLLM had 2,588 blocks.\n\n")
    text += common.markdown(
        ["assumed overhead", "blocks", "error"],
        [[f"{o} GiB", f"{b:,}", common.percent(b / 2588 - 1)] for o, b in oracles.capacity()])
    rows = [[f"schedulers, {name}", case, f"{m[0]:.6f}", f"{m[1]:.6f}", f"{m[2]:.3f}"]
            for name, _, made in studies for case, m in made.items()]
    rows += [[f"host_{h}_{'two' if a else 'one'}_in_flight", c, f"{v[0]:.6f}", "", f"{v[1]:.3f}"]
             for (h, a), values in hosts.items() for c, v in zip(clients, values)]
    write_csv("oracles.csv", ["oracle", "case", "ttft_s", "tpot_s", "output_tokens_per_s"], rows)
    return text


def main():
    data = pathlib.Path(sys.argv[1])
    page = results / "README.md"
    text = page.read_text(encoding="utf-8")
    if text.count(begin) != 1 or text.count(end) != 1:
        raise SystemExit(f"fidelity: {page} needs the lines {begin!r} and {end!r} once each")
    tell = lambda line: print(f"\rfidelity: {line}", end="", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        made = "\n## Two measured runs of vLLM\n" + runs_page(runs.compare(data, folder))
        all_groups = silicon.read(data / "perf-silicon" / "silicon_sample.csv")
        groups = {k: g for k, g in all_groups.items() if len(g) >= 6}
        halves = silicon.halves(groups, folder, tell)
        made += "\n## Half of each group of benchmarks\n\n" + halves_page(groups, all_groups, halves)
        fits = silicon.fit_rooflines(groups, halves, folder)
        tell(f"{len(fits)} rooflines fitted")
        studies = [
            (name, silicon.left_out(groups, fits, folder, related), fits)
            for name, related in (
                ("the group", lambda a, b: a == b),
                ("all groups of its system", lambda a, b: a[1] == b[1]),
                ("all groups of its model", lambda a, b: a[0].split("/")[1][:9] == b[0].split("/")[1][:9]))]
        made += "\n## Whole groups left out, by roofline\n\n" + left_out_page(studies)
        made += "\n## Schedulers, the host, memory\n\n" + oracles_page(fits, folder)
    print(file=sys.stderr)
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    page.write_text(before + begin + "\n" + made + "\n" + end + after, encoding="utf-8")


if __name__ == "__main__":
    main()
