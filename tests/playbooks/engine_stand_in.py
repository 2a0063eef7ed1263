# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of a Docker Engine's API as strategy docker uses, with the nodes of an emulated client as its containers.

It is for what is checked with each ansible-core. What a restart really does is tested on a real engine.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from emulator.testing import Client

IMAGE = "docker.whatsapp.biz/coreapp:v2.53.1"


class Containers:
    """Every response about a container has `secret` in its environment."""

    def __init__(self, client: Client, secret: str) -> None:
        self.client = client
        self.secret = secret
        self.refuses = False
        self.asked: list[str] = []

    def identity(self, name: str) -> str:
        """Begins with the id by which the health report names the node."""
        return hashlib.sha256(f"{self.client.name}/{name}".encode()).hexdigest()

    def listed(self) -> list[dict[str, Any]]:
        names = [str(node["name"]) for node in self.client.nodes()]
        return [{"Id": self.identity(name), "Names": [f"/{name}"], "Image": IMAGE, "Labels": {}} for name in names]

    def environment(self) -> list[str]:
        return ["WA_DB_ENGINE=MYSQL", f"WA_DB_PASSWORD={self.secret}"]

    def inspected(self, identity: str) -> dict[str, Any]:
        node = next(one for one in self.client.nodes() if self.identity(str(one["name"])) == identity)
        state = {"Status": "running", "Running": node["running"], "Restarting": False, "ExitCode": 0}
        return {
            "Id": identity,
            "Name": f"/{node['name']}",
            "Image": "sha256:" + "0" * 64,
            "RestartCount": 0,
            "Config": {"Image": IMAGE, "Env": self.environment(), "Labels": {}},
            "State": {**state, "StartedAt": str(node["started"])},
            "HostConfig": {"NetworkMode": "default", "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}},
            "NetworkSettings": {"Networks": {}},
            "Mounts": [],
        }

    def answer(self, method: str, path: str) -> tuple[int, Any]:
        words = [word for word in path.partition("?")[0].split("/") if word and not word.startswith("v1.")]
        self.asked.append(f"{method} {'/'.join(words)}")
        if words in (["version"], ["info"], ["_ping"]):
            return 200, {"ApiVersion": "1.41", "Name": "stand-in"}
        if words == ["containers", "json"]:
            return 200, self.listed()
        if words[0] == "containers" and words[2:] == ["json"]:
            return 200, self.inspected(words[1])
        if words[0] == "containers" and words[2:] == ["restart"] and not self.refuses:
            self.client.restart(self.inspected(words[1])["Name"].lstrip("/"))
            return 204, None
        if words[0] == "images" and words[2:] == ["json"]:
            return 200, {"Id": words[1], "Config": {"Env": self.environment()}}
        return 500, {"message": "the engine is on strike"}


@contextmanager
def engine(containers: Containers) -> Iterator[str]:
    """The value for DOCKER_HOST."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, content = containers.answer(self.command, self.path)
            body = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_HEAD = answer  # noqa: N815  (the names that the library searches for)

        def log_message(self, *words: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
