# SPDX-License-Identifier: Apache-2.0
"""OpenAI's own client against the gateway, over sockets."""

import concurrent.futures
import http.client
import json
import os
import pathlib
import socket
import subprocess
import time

import openai
import pytest

from conftest import KEY, OTHER_KEY


def say(text):
    return [{"role": "user", "content": text}]


def text_of(stream):
    pieces, usage = [], None
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            pieces.append(chunk.choices[0].delta.content)
        usage = chunk.usage or usage
    return "".join(pieces), usage


def test_chat(gateway):
    answer = gateway.client().chat.completions.create(model="small", messages=say("Hi"))
    assert answer.choices[0].message.content and answer.usage.completion_tokens > 0
    assert answer.choices[0].finish_reason == "stop"


def test_stream_is_the_whole_answer_and_its_usage(gateway):
    client = gateway.client()
    whole = client.chat.completions.create(model="small", messages=say("Hi"))
    text, usage = text_of(client.chat.completions.create(
        model="small", messages=say("Hi"), stream=True, stream_options={"include_usage": True}))
    assert text == whole.choices[0].message.content
    assert usage.completion_tokens == whole.usage.completion_tokens


def test_stream_without_usage_has_none_and_is_billed(gateway):
    text, usage = text_of(gateway.client().chat.completions.create(model="small", messages=say("Hi"), stream=True))
    assert text and usage is None
    assert gateway.until(lambda: gateway.metric("plimsoll_tenant_spend_usd_total") > 0)
    assert gateway.metric("plimsoll_unpriced_answers_total") == 0


def test_pieces_come_as_they_are_made(gateway):
    times = []
    for chunk in gateway.client().chat.completions.create(model="small", messages=say("Hi"), stream=True):
        times.append(time.monotonic())
    # A step takes 5 ms: what is buffered comes at once.
    assert times[-1] - times[0] > 0.005 * (len(times) - 4) * 0.5


def test_completions_embeddings_models(gateway):
    client = gateway.client()
    assert client.completions.create(model="small", prompt="Hi").choices[0].text
    assert len(client.embeddings.create(model="small", input="Hi", encoding_format="float").data[0].embedding) == 8
    assert {model.id for model in client.models.list()} == {"small", "large", "auto"}
    assert client.models.retrieve("small").id == "small"


def test_router_by_difficulty(gateway):
    client = gateway.client().chat.completions.with_raw_response

    def model(text):
        return client.create(model="auto", messages=say(text)).headers["x-plimsoll-model"]

    assert model("Hi") == "small"
    assert model("Prove that the square root of 2 is irrational, step by step, and derive the bounds.") == "large"


def test_errors_are_openais(gateway):
    with pytest.raises(openai.AuthenticationError):
        gateway.client("no-such-key-no-such-key").models.list()
    client = gateway.client()
    with pytest.raises(openai.NotFoundError) as error:
        client.chat.completions.create(model="none", messages=say("Hi"))
    assert error.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="small", messages=say("Hi"), temperature="warm")
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="small", messages="Hi")


def test_hit_is_the_same_and_costs_nothing(gateway):
    client = gateway.client().chat.completions.with_raw_response
    for stream in (False, True):
        options = dict(model="small", messages=say("What is a keel?"), temperature=0, stream=stream)
        first, second = client.create(**options), client.create(**options)
        if stream:
            assert text_of(first.parse()) == text_of(second.parse())
            second = client.create(**options)
        else:
            assert first.parse() == second.parse()
        assert second.headers["x-plimsoll-cache"] == "hit" and int(second.headers["age"]) >= 0
        assert float(second.headers["x-plimsoll-cost"]) == 0


def test_what_is_not_shared(gateway):
    def how(key=KEY, **options):
        raw = gateway.client(key).chat.completions.with_raw_response
        return raw.create(model="small", messages=say("What is a hull?"), **options).headers["x-plimsoll-cache"]

    assert how(temperature=0) == "miss"
    assert how(temperature=0.0) == "hit"
    assert how(OTHER_KEY, temperature=0) == "miss", "tenants share nothing"
    assert how(temperature=0, seed=1) == "miss"
    assert how(temperature=0, extra_body={"top_k": 3}) == "miss", "a field that the gateway does not know"
    assert how() == "miss"
    assert how() == "miss", "an answer at temperature 1 is not kept"
    assert how(temperature=0, extra_headers={"cache-control": "no-cache"}) == "miss"
    assert how(temperature=0, max_tokens=2) == "miss"
    assert how(temperature=0, max_tokens=2) == "miss", "an answer that was cut is not kept"


def test_twenty_at_once_make_one_call(gateway):
    def ask(_):
        raw = gateway.client().chat.completions.with_raw_response
        answer = raw.create(model="small", messages=say("What is a draught?"), temperature=0)
        return answer.headers["x-plimsoll-cache"], answer.parse().choices[0].message.content

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))
    assert len({text for _, text in answers}) == 1
    assert gateway.metric("plimsoll_engine_calls_total") == 1


def test_a_status_of_an_engine_is_tried_again_and_passed_on(gateway):
    with pytest.raises(openai.InternalServerError) as error:
        gateway.client(max_retries=2).chat.completions.create(model="small", messages=say("[[fault:500]]"))
    assert error.value.response.headers["x-should-retry"] == "false"
    # One layer owns retries: two of the gateway's own, none of the client's.
    assert gateway.metric("plimsoll_engine_calls_total") == 3
    assert gateway.metric("plimsoll_retries_total") == 2


def test_an_error_of_the_request_is_passed_on_once(gateway):
    with pytest.raises(openai.UnprocessableEntityError) as error:
        gateway.client().chat.completions.create(model="small", messages=say("[[fault:422]]"))
    assert error.value.body["message"] == "a fault was asked for"
    assert gateway.metric("plimsoll_engine_calls_total") == 1
    assert gateway.metric("plimsoll_engine_accepts") == 3, "an error of the request says nothing against an engine"


@pytest.mark.parametrize("fault", ["[[fault:die]]", "[[fault:garbage]]"])
def test_no_answer_is_an_error(gateway, fault):
    with pytest.raises(openai.InternalServerError) as error:
        gateway.client().chat.completions.create(model="small", messages=say(fault))
    assert error.value.status_code == 502


def test_death_in_mid_stream_is_seen(gateway):
    with pytest.raises(openai.APIError):
        text_of(gateway.client().chat.completions.create(
            model="small", messages=say("[[fault:die:3]]"), stream=True))
    assert gateway.metric("plimsoll_engine_calls_total") == 1, "what has begun is not made again"
    assert gateway.until(lambda: gateway.metric("plimsoll_requests_in_flight") == 0)


def test_death_before_an_answer_begins_is_mended(gateway):
    gateway.engines["small-1"].kill()
    gateway.engines["small-1"].wait()
    for number in range(6):
        answer = gateway.client().chat.completions.create(model="small", messages=say(f"Hi {number}"))
        assert answer.choices[0].message.content
    assert gateway.metric("plimsoll_retries_total") >= 1


def test_stall_ends(start):
    gateway = start(("pieces: 60s", "pieces: 300ms"))
    with pytest.raises(openai.APIError):
        text_of(gateway.client().chat.completions.create(
            model="small", messages=say("[[fault:stall:3]]"), stream=True))


def test_patience_of_the_gateway_ends(start):
    gateway = start(("timeout: 60s", "timeout: 300ms"))
    with pytest.raises(openai.InternalServerError) as error:
        gateway.client().chat.completions.create(model="small", messages=say("[[fault:stall:3]]"))
    assert error.value.status_code == 504
    assert gateway.until(lambda: gateway.metric("plimsoll_engine_outstanding") == 0)


@pytest.mark.parametrize("stream", [False, True])
def test_client_that_times_out_cancels_its_call(gateway, stream):
    with pytest.raises(openai.APITimeoutError):
        answer = gateway.client(timeout=0.3).chat.completions.create(
            model="small", messages=say("[[fault:stall:0]]"), stream=stream)
        list(answer)
    assert gateway.until(lambda: gateway.metric("plimsoll_calls_cancelled_total") == 1, 2)
    assert gateway.metric("plimsoll_engine_outstanding") == 0
    assert gateway.metric("plimsoll_requests_in_flight") == 0


def test_client_that_leaves_a_stream_cancels_its_call(gateway):
    stream = gateway.client().chat.completions.create(
        model="small", messages=say("[[fault:stall:3]]"), stream=True)
    next(iter(stream))
    stream.close()
    assert gateway.until(lambda: gateway.metric("plimsoll_calls_cancelled_total") == 1, 2)
    assert gateway.metric("plimsoll_engine_outstanding") == 0
    assert gateway.metric("plimsoll_budget_reserved_usd") == 0


def slow_question():
    """A question whose answer by the stand-in engine has at least 60 tokens: 300 ms."""
    for number in range(1_000):
        text = f"What is a waterline? {number}"
        code = 0xCBF29CE484222325
        for byte in text.encode():
            code = (code ^ byte) * 0x100000001B3 % 2**64
        if 8 + (code >> 32) % 57 >= 60:
            return text
    raise AssertionError("no such question")


def test_caller_leaves_and_the_other_gets_the_answer(gateway):
    options = dict(model="small", messages=say(slow_question()), temperature=0)
    clients = [gateway.client(timeout=0.2), gateway.client()]
    for client in clients:
        client.models.list()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        first = pool.submit(lambda: clients[0].chat.completions.create(**options))
        assert gateway.until(lambda: gateway.metric("plimsoll_engine_calls_total") == 1)
        second = pool.submit(lambda: clients[1].chat.completions.create(**options))
        with pytest.raises(openai.APITimeoutError):
            first.result()
        assert second.result().choices[0].message.content
    assert gateway.metric("plimsoll_engine_calls_total") == 1
    assert gateway.metric("plimsoll_calls_cancelled_total") == 0


def test_budget(start):
    gateway = start(("estimate: 0.001 USD", "estimate: 4 USD"))
    # One estimate fits, the next waits for no answer: both are there at once.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        def ask(number):
            try:
                gateway.client().chat.completions.create(model="small", messages=say(f"What? {number}"))
                return True
            except openai.RateLimitError as error:
                assert error.code == "insufficient_quota"
                return False
        assert sum(pool.map(ask, range(4))) < 4
    # What an answer cost is less than its estimate: the rest is given back.
    assert gateway.client().chat.completions.create(model="small", messages=say("Later"))
    assert 0 < gateway.metric("plimsoll_budget_spent_usd") < 0.01
    assert gateway.metric("plimsoll_budget_reserved_usd") == 0


def raw(gateway, data):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(data)
        answer = b""
        while True:
            piece = connection.recv(65536)
            answer += piece
            if not piece:
                return answer


def test_limits(gateway):
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n".encode()
    assert b" 413 " in raw(gateway, head + b"content-length: 5000000\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    assert b" 413 " in raw(gateway, head + b"transfer-encoding: chunked\r\n\r\n" + chunk * 65)
    assert b" 431 " in raw(gateway, head + b"x: " + b"y" * 20000 + b"\r\n\r\n")
    assert gateway.metric("plimsoll_requests_in_flight") == 0


def test_smuggling_is_refused(gateway):
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n".encode()
    for framing in (
        b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"content-length: 4\r\ncontent-length: 5\r\n\r\nabcd",
        b"content-length: +4\r\n\r\nabcd",
        b"transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
    ):
        answer = raw(gateway, head + framing)
        assert b" 400 " in answer.split(b"\r\n")[0] or answer == b"", framing
    body = b'{"model":"small","model":"large","messages":[]}'
    answer = raw(gateway, head + b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    assert b" 400 " in answer and b"twice" in answer


def test_bytes_pass_through(start):
    """What an engine is sent is what the client sent: tools, images and unknown fields."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        gateway = start()
        text = (gateway.folder / "gateway.yaml").read_text()
        assert gateway.stop() == 0
        port = server.getsockname()[1]
        import re
        text = re.sub(r'(large-1: { address: "127.0.0.1:)\d+', rf"\g<1>{port}", text)
        (gateway.folder / "gateway.yaml").write_text(text)
        from conftest import BIN
        process = subprocess.Popen(
            [BIN / "plimsoll-gateway", "serve", gateway.folder / "gateway.yaml"],
            stderr=subprocess.PIPE, text=True)
        gateway.processes.append(process)
        public = int(re.search(r"port (\d+)", process.stderr.readline()).group(1))
        body = (
            b'{ "messages" : [{"role":"user","content":[{"type":"image_url","image_url":{"url":'
            b'"data:image/png;base64,iVBORw0KGgo="}}]}],\t"tools":[{"type":"function","function":'
            b'{"name":"f","parameters":{"b":1.0,"a":1e2}}}], "x_unknown": {"\\u00e9": [1, 2.50]},'
            b' "model":"large"  }')
        connection = http.client.HTTPConnection("127.0.0.1", public, timeout=10)
        connection.request("POST", "/v1/chat/completions", body, {"authorization": f"Bearer {KEY}"})
        upstream, _ = server.accept()
        with upstream:
            received = b""
            while not received.endswith(body) and len(received) < 10_000:
                piece = upstream.recv(65536)
                if not piece:
                    break
                received += piece
            assert received.split(b"\r\n\r\n", 1)[1] == body
            answer = b'{"choices" : [ ],\n "x": 1.50}'
            upstream.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(answer) + answer)
            assert connection.getresponse().read() == answer


def test_admin(gateway):
    assert gateway.admin("/healthz", token=None)[0] == 200
    assert gateway.admin("/readyz", token=None)[0] == 200
    for path in ("/metrics", "/engines"):
        assert gateway.admin(path, token=None)[0] == 401
        assert gateway.admin(path, token="wrong-token-wrong-token")[0] == 401
        assert gateway.admin(path)[0] == 200
    assert len(json.loads(gateway.admin("/engines")[1])) == 3
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.request("GET", "/metrics", headers={"authorization": f"Bearer {KEY}"})
    assert connection.getresponse().status == 404, "admin is not on the public listener"


def test_secrets_and_prompts_are_not_logged(gateway):
    gateway.client().chat.completions.create(model="small", messages=say("a-very-secret-prompt"))
    assert gateway.stop() == 0
    text = b"".join(path.read_bytes() for path in gateway.folder.glob("*.jsonl.*"))
    assert b"harbour" in text
    assert KEY.encode() not in text and b"a-very-secret-prompt" not in text


def test_sigterm_lets_streams_end(gateway):
    stream = gateway.client().chat.completions.create(
        model="large", messages=say("Tell me of the sea."), stream=True)
    pieces = iter(stream)
    next(pieces)
    gateway.process.terminate()
    assert sum(1 for _ in pieces) > 3
    assert gateway.process.wait(10) == 0


def test_decisions_replay(gateway):
    """After hits, joins, failures, retries and clients that left, the log's decisions are made again."""
    client = gateway.client()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        def ask(number):
            text = ("Hi", "[[fault:500]]", "[[fault:die:2]]", "[[fault:422]]")[number % 4]
            try:
                gateway.client(timeout=(0.02, 5)[number % 3 > 0]).chat.completions.create(
                    model=("auto", "small")[number % 2], messages=say(text), temperature=0, user=str(number))
            except openai.APIError:
                pass
        list(pool.map(ask, range(64)))
    assert gateway.until(lambda: gateway.metric("plimsoll_requests_in_flight") == 0)
    assert gateway.metric("plimsoll_engine_outstanding") == 0
    assert gateway.metric("plimsoll_budget_reserved_usd") == 0
    assert gateway.metric("plimsoll_flights") == 0
    assert gateway.stop() == 0
    log = (gateway.folder / "decisions.jsonl.1").read_bytes()
    policies = pathlib.Path(os.environ["POLICIES"])
    replayed = subprocess.run([policies], input=log, capture_output=True)
    assert replayed.stderr == b""
    assert replayed.stdout == log
