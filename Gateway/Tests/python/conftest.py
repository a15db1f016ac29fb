# SPDX-License-Identifier: Apache-2.0
"""A gateway with stand-in engines, and OpenAI's own client for it."""

import http.client
import os
import pathlib
import re
import signal
import subprocess
import time

import openai
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("GATEWAY_BIN", ROOT / ".build/release"))
KEY, OTHER_KEY, TOKEN = "harbour-key-of-the-demo", "pilot-key-of-the-demo-00", "admin-token-of-the-demo"


class Gateway:
    """A gateway in a folder of its own, with two engines of one model and one of another."""

    def __init__(self, folder, changes=()):
        self.folder = folder
        self.processes = []
        self.engines = {}
        ports = {}
        for name, model in (("small-1", "small"), ("small-2", "small"), ("large-1", "large")):
            process = subprocess.Popen(
                [BIN / "plimsoll-engine", "--model", model, "--step-us", "5000", "--faults"],
                stdout=subprocess.PIPE, text=True)
            ports[name] = int(re.search(r"port (\d+)", process.stdout.readline()).group(1))
            self.engines[name] = process
            self.processes.append(process)
        text = (ROOT / "example.yaml").read_text()
        engines = "".join(
            f'  {name}: {{ address: "127.0.0.1:{port}", model: {name.split("-")[0]}, limit: 64 }}\n'
            for name, port in ports.items())
        text = re.sub(r"engines:\n(  .*\n)+", "engines:\n" + engines, text)
        text = text.replace("../Scenarios", str(ROOT.parent / "Scenarios"))
        text = re.sub(r"port: 808[01]", "port: 0", text)
        text = text.replace(": access.jsonl", f": {folder}/access.jsonl")
        text = text.replace(": decisions.jsonl", f": {folder}/decisions.jsonl")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (folder / "gateway.yaml").write_text(text)
        self.process = subprocess.Popen(
            [BIN / "plimsoll-gateway", "serve", folder / "gateway.yaml"],
            stderr=subprocess.PIPE, text=True)
        self.processes.append(self.process)
        said = self.process.stderr.readline()
        found = re.search(r"port (\d+), admin on port (\d+)", said)
        assert found, said
        self.port, self.admin_port = int(found.group(1)), int(found.group(2))

    def client(self, key=KEY, **options):
        options.setdefault("max_retries", 0)
        return openai.OpenAI(base_url=f"http://127.0.0.1:{self.port}/v1", api_key=key, **options)

    def admin(self, path, token=TOKEN):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=10)
        connection.request("GET", path, headers={"authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def metric(self, name):
        """The sum over the labels of a metric."""
        lines = self.admin("/metrics")[1].splitlines()
        return sum(float(line.split()[-1]) for line in lines if re.match(re.escape(name) + r"[{ ]", line))

    def until(self, condition, seconds=5):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.02)
        return condition()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(40)
        for process in self.processes:
            process.kill()
            process.wait()
        return self.process.returncode


@pytest.fixture
def gateway(tmp_path):
    gateway = Gateway(tmp_path)
    yield gateway
    gateway.stop()


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(*changes):
        started.append(Gateway(tmp_path, changes))
        return started[-1]

    yield begin
    for gateway in started:
        gateway.stop()
