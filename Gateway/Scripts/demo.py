# SPDX-License-Identifier: Apache-2.0
"""Sends a hundred requests to a gateway and prints what became of them."""

import collections
import concurrent.futures
import http.client
import json
import sys
import time

KEYS = {"harbour": "harbour-key-of-the-demo", "pilot": "pilot-key-of-the-demo-00"}
EASY = ["Hi", "What time is it in Oslo?", "What is the capital of France?", "Thanks a lot", "2 + 2?"]
HARD = [
    "Prove that the square root of 2 is irrational, step by step.",
    "Design a distributed lock with fencing tokens and prove that it is safe.",
    "Analyse the trade-offs of raft against multi-paxos under partial partitions, and derive the bounds.",
    "Debug this deadlock: thread A locks x then y, thread B locks y then x; explain why and refactor the algorithm.",
    "Derive the complexity of this algorithm and optimise it: for i in n: for j in n: swap(i, j).",
]


def ask(port, number, tenant, model, text, stream, temperature):
    body = {"model": model, "messages": [{"role": "user", "content": text}], "temperature": temperature}
    if stream:
        body.update(stream=True, stream_options={"include_usage": True})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begun = time.monotonic()
    connection.request(
        "POST", "/v1/chat/completions", json.dumps(body),
        {"authorization": "Bearer " + KEYS[tenant], "content-type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    taken = time.monotonic() - begun
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"demo: request {number} got {answer.status}: {content[:300]!r}")
    if stream and not content.rstrip().endswith(b"data: [DONE]"):
        raise SystemExit(f"demo: the stream of request {number} has no end")
    return tenant, text in HARD, answer.getheader("x-plimsoll-model"), answer.getheader("x-plimsoll-cache"), taken


def admin(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"authorization": "Bearer admin-token-of-the-demo"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def wait(port):
    for _ in range(200):
        try:
            if admin(port, "/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit("demo: the gateway does not become ready")


def main():
    port, admin_port = int(sys.argv[1]), int(sys.argv[2])
    wait(admin_port)
    plan = []
    for number in range(80):
        text = (HARD if number % 2 else EASY)[number // 2 % 5]
        plan.append((number, ("harbour", "pilot")[number // 10 % 2], "auto", text, number % 4 == 3, 0))
    # Requests at a temperature share nothing; those that name a model get it.
    for number in range(80, 90):
        plan.append((number, "harbour", ("small", "large")[number % 2], EASY[number % 5], False, 0.8))
    results = []
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        results += pool.map(lambda row: ask(port, *row), plan)
        # Ten at once ask the same: one call.
        same = [(n, "pilot", "large", "Compare a keel with a ballast.", False, 0) for n in range(90, 100)]
        results += pool.map(lambda row: ask(port, *row), same)
    routed, how = collections.Counter(), collections.Counter()
    for tenant, is_hard, model, cache, _ in results:
        routed["hard" if is_hard else "easy", model] += 1
        how[tenant, cache] += 1
    print(f"{len(results)} requests answered")
    for (kind, model), count in sorted(routed.items()):
        print(f"  {kind:4} prompts to {model:5}: {count}")
    for (tenant, cache), count in sorted(how.items()):
        print(f"  {tenant:7} {cache:4}: {count}")
    names = {"miss": "called an engine", "hit": "answered from the store", "join": "joined another's call"}
    for cache, name in names.items():
        times = sorted(row[4] for row in results if row[3] == cache)
        if times:
            print(f"  {name}: {len(times)}, median {times[len(times) // 2] * 1000:.1f} ms")
    _, metrics = admin(admin_port, "/metrics")
    for line in metrics.splitlines():
        if line.startswith(("plimsoll_tenant_spend", "plimsoll_engine_calls", "plimsoll_budget")):
            print("  " + line)
    totals = collections.Counter(row[3] for row in results)
    if len(results) != 100 or not totals["hit"] or not totals["join"]:
        raise SystemExit("demo: a hundred answers with hits and joins are expected")


main()
