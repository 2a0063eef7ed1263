# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client as containers of a Docker Engine: a Webapp, Coreapps and masters over one volume, as compose starts them."""

from __future__ import annotations

import io
import json
import socket
import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
from docker.models.containers import Container

from emulator.calling import Api
from emulator.testing import Client

from . import images

OURS = "wabiz.onprem.tests"  # the label of all that is ours; its value is the name of the cluster
PROJECT, SERVICE = "com.docker.compose.project", "com.docker.compose.service"
PASSWORD = "Emulator-1-pass"
SECRET = "never-to-be-seen-in-any-output"  # is in the environment of every container
API_KEY = "engine-tests-api-key"


@dataclass(frozen=True)
class Shape:
    """What a client consists of, and how fast its nodes come up."""

    topology: str = "single"
    masters: int = 2
    coreapps: int = 3
    shards: int = 2
    version: str = images.VERSION
    options: dict[str, Any] = field(default_factory=dict)  # of the emulated client: timings, password, ...

    @property
    def node_names(self) -> list[str]:
        if self.topology == "single":
            return ["wacore"]
        masters = [f"master{number}" for number in range(1, self.masters + 1)]
        return masters + [f"wacore{number}" for number in range(1, self.coreapps + 1)]

    @property
    def expect_connected(self) -> int:
        return 1 if self.topology == "single" else self.shards + 1


class DockerCluster:
    """A client that can be brought up, looked at and taken down. Only what carries its label is ever touched."""

    def __init__(self, engine: docker.DockerClient, name: str, folder: Path, shape: Shape | None = None) -> None:
        self.engine = engine
        self.name = name
        self.shape = shape or Shape()
        self.ca_path = folder / f"{name}-ca.pem"
        self.username = "admin"
        self.password = PASSWORD
        self.api_url = ""

    # -- up and down

    def up(self) -> None:
        """Starts everything and returns when the client has settled."""
        coreapp, web = images.ensure_images(self.engine, self.shape.version)
        self.engine.networks.create(self.name, labels=self._labels(""))
        self.engine.volumes.create(self.name, labels=self._labels(""))
        port = _free_port()
        self._run("waweb", web, {}, ports={"443/tcp": ("127.0.0.1", port)})
        for node in self.shape.node_names:
            master = {"WA_MASTER_NODE": "1"} if node.startswith("master") else {}
            self._run(node, coreapp, master)
        self.api_url = f"https://127.0.0.1:{port}"
        eventually("the Webapp has written its certificate", self._fetch_ca)
        eventually("the client has settled", self.settled)

    def down(self) -> None:
        remove(self.engine, self.name)

    def _run(self, service: str, image: str, environment: dict[str, str], **options: Any) -> None:
        self.engine.containers.run(
            image,
            name=f"{self.name}-{service}-1",
            hostname=service,
            environment={**self._environment(service), **environment},
            labels=self._labels(service),
            network=self.name,
            volumes={self.name: {"bind": images.DATA, "mode": "rw"}},
            detach=True,
            **options,
        )

    def _environment(self, service: str) -> dict[str, str]:
        product = {
            "WA_DB_ENGINE": "MYSQL",
            "WA_DB_HOSTNAME": "db",
            "WA_DB_USERNAME": "whatsapp",
            "WA_DB_PASSWORD": SECRET,
            "WA_RUNNING_ENV_VERSION": "v2.2.3",
            "ORCHESTRATION": "DOCKER-COMPOSE",
            "COREAPP_HOSTNAME": service,
            "WEBAPP_HOSTNAME": "waweb",
        }
        if self.shape.topology == "multiconnect":
            product["WA_APP_MULTICONNECT"] = "1"
            product["WA_SHARDS"] = str(self.shape.shards)
        client = {"password": self.password, **self.shape.options}
        return {
            **product,
            "WA_API_VERSION": self.shape.version,
            "WA_API_KEY": API_KEY,
            "WA_EMULATOR_CONTROL": "any",
            "WA_EMULATOR_CONFIG": json.dumps(client),
        }

    def _labels(self, service: str) -> dict[str, str]:
        return {OURS: self.name, PROJECT: self.name, **({SERVICE: service} if service else {})}

    def _fetch_ca(self) -> bool:
        try:
            chunks, _stat = self.container("waweb").get_archive(f"{images.DATA}/ca.pem")
        except docker.errors.NotFound:
            return False
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
            file = tar.extractfile("ca.pem")
            assert file is not None
            self.ca_path.write_bytes(file.read())
        return True

    # -- looking

    def container(self, service: str) -> Container:
        return self.engine.containers.get(f"{self.name}-{service}-1")

    def started(self) -> dict[str, str]:
        """When each node was started, as the engine has it."""
        return {name: self.container(name).attrs["State"]["StartedAt"] for name in self.shape.node_names}

    def ids(self) -> dict[str, str]:
        return {name: str(self.container(name).id) for name in self.shape.node_names}

    def settled(self) -> bool:
        try:
            statuses = [node["status"] for node in self.client().nodes()]
        except (OSError, ValueError, AssertionError):
            return False
        if len(statuses) < len(self.shape.node_names) or {"connecting", "uninitialized"} & set(statuses):
            return False
        return statuses.count("connected") >= self.shape.expect_connected

    def client(self) -> Client:
        """The client's inner life, through the emulator's control API."""
        return Client(self, "", self.username, self.password, self.shape.version)  # type: ignore[arg-type]

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """For the emulator's own client class: one call of the control API."""
        reply = Api(self.api_url, str(self.ca_path))(method, f"/_emulator/{path}", body or {})
        assert reply.status == 200, f"{method} {path}: {reply.raw!r}"
        return reply.json

    def api(self) -> Api:
        """The client as an application sees it, logged in."""
        plain = Api(self.api_url, str(self.ca_path))
        token = plain.login(self.username, self.password).json["users"][0]["token"]
        return Api(self.api_url, str(self.ca_path), {"Authorization": f"Bearer {token}"})


def remove(engine: docker.DockerClient, name: str) -> None:
    """Removes what carries the label of this cluster: containers, then network and volume."""
    only = {"label": f"{OURS}={name}"}
    for container in engine.containers.list(all=True, filters=only):
        container.remove(force=True)
    for network in engine.networks.list(filters=only):
        network.remove()
    for volume in engine.volumes.list(filters=only):
        volume.remove(force=True)


def eventually(what: str, condition: Callable[[], bool], seconds: float = 180.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds:.0f} s without success until {what}"
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
