# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and ends the processes of an emulator: the Webapp and one per node, or one for a whole fleet."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .calling import ControlLine
from .cluster import Cluster
from .config import ClientConfig
from .errors import EmulatorError
from .fleet import node_key, node_names, register_client
from .node import CLIENT
from .statefolder import StateFolder, birth, end_process
from .store import Store
from .webapp import Services

PACKAGE_PARENT = Path(__file__).resolve().parents[1]
READY_SECONDS = 30.0
STARTING = {"down", "uninitialized", "connecting"}


class Launcher:
    """The processes of one state folder."""

    def __init__(self, state: StateFolder) -> None:
        self.state = state
        self.started: dict[str, tuple[int, str]] = {}  # pid and birth, by name
        self._children: list[subprocess.Popen[bytes]] = []

    # -- one client of processes

    def up(self, config: ClientConfig, port: int) -> dict[str, Any]:
        """Starts everything; what is in emulator.json then."""
        store = Store(self.state.database)
        os.chmod(self.state.database, 0o600)
        try:
            register_client(Services.over(store, in_process=False), CLIENT, config, {})
            ready = self._spawn_server("webapp", ["webapp"], self._web_environment(port))
            nodes = []
            for name, kind in node_names(config):
                self.spawn_node(name, kind)
                nodes.append({"name": name, "health_key": config.key_of(name) or node_key(CLIENT, name), "role": kind})
            self._wait_settled(Cluster(store, in_process=False), config)
        finally:
            store.close()
        return {**self._description(ready, config, "processes"), "nodes": nodes}

    def _web_environment(self, port: int) -> dict[str, str]:
        return {"WA_WEB_HOST": "127.0.0.1", "WA_WEB_PORT": str(port)}

    def spawn_node(self, name: str, kind: str) -> int:
        """Starts the process of one node and waits until it has read its settings; its process id."""
        key = node_key(CLIENT, name)
        environment = {"HOSTNAME": name, "WA_NODE_NAME": name, "WA_CONTAINER_ID": key.partition(":")[2]}
        child = self._spawn(name, ["coreapp"], {**environment, "WA_MASTER_NODE": "1" if kind == "master" else ""})
        store = Store(self.state.database)
        try:
            cluster = Cluster(store, in_process=False)
            deadline = time.monotonic() + READY_SECONDS
            while True:
                node = cluster.node(CLIENT, name)
                if node is not None and node.pid == child.pid:
                    return child.pid
                if child.poll() is not None or time.monotonic() > deadline:
                    raise EmulatorError(f"{name} did not start: {self._last_output(name)}")
                time.sleep(0.01)
        finally:
            store.close()

    def _wait_settled(self, cluster: Cluster, config: ClientConfig) -> None:
        expected = config.shards + (1 if config.primary_connected or not config.wa_id else 0)
        names = [name for name, _dummy in node_names(config)]
        deadline = time.monotonic() + READY_SECONDS + config.real(max(sum(config.times(name)) for name in names))
        while time.monotonic() < deadline:
            statuses = [node["status"] for node in cluster.report(CLIENT)]
            working = sum(status in ("connected", "unregistered") for status in statuses)
            if working >= (expected if config.multiconnect else 1) and not STARTING & set(statuses):
                return
            time.sleep(0.02)
        raise EmulatorError(f"the client did not settle: {', '.join(statuses)}")

    # -- a fleet

    def up_fleet(self, arguments: list[str], config: ClientConfig) -> dict[str, Any]:
        """Starts the one process of a fleet with the arguments of `serve`."""
        ready = self._spawn_server("fleet", ["serve", "--state", str(self.state.folder), *arguments], {})
        line = ControlLine(ready["port"], ready["ca_path"])
        description = self._description(ready, config, "fleet")
        base = description["api_url"]
        names = line.call("GET", "")["clients"]
        nodes = [
            {"name": f"{client}/{node['name']}", "health_key": node["key"], "role": node["kind"]}
            for client in names
            for node in line.call("GET", f"clients/{client}/nodes")
        ]
        clients = [{"name": name, "api_url": f"{base}/{name}"} for name in names]
        return {**description, "api_url": clients[0]["api_url"], "clients": clients, "nodes": nodes}

    # -- shared

    def _description(self, ready: dict[str, Any], config: ClientConfig, mode: str) -> dict[str, Any]:
        return {
            "mode": mode,
            "api_url": f"https://127.0.0.1:{ready['port']}",
            "port": ready["port"],
            "ca_path": ready["ca_path"],
            "username": config.username,
            "password": config.password,
            "version": config.version,
            "topology": config.topology,
            "pids": {name: pid for name, (pid, _dummy) in self.started.items()},
            "births": {name: born for name, (_dummy, born) in self.started.items()},
        }

    def _spawn(
        self, name: str, arguments: list[str], environment: dict[str, str], stdout: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        own = {key: value for key, value in os.environ.items() if not key.startswith("WA_")}
        own |= {"PYTHONPATH": str(PACKAGE_PARENT), "WA_DB": str(self.state.database), **environment}
        with self._log(name).open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "emulator", *arguments],
                env=own,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=log,
                start_new_session=True,  # it outlives this command and its terminal
            )
        self._children.append(child)
        self.started[name] = (child.pid, birth(child.pid) or "")
        return child

    def _spawn_server(self, name: str, arguments: list[str], environment: dict[str, str]) -> dict[str, Any]:
        """Starts a process that says in one line when it is ready."""
        child = self._spawn(name, arguments, environment, stdout=subprocess.PIPE)
        assert child.stdout is not None
        readable, _dummy, _dummy = select.select([child.stdout], [], [], READY_SECONDS)
        line = child.stdout.readline() if readable else b""
        child.stdout.close()
        if not line:
            raise EmulatorError(self._last_output(name) or f"{name} did not start within {READY_SECONDS:.0f} s")
        ready: dict[str, Any] = json.loads(line)
        return ready

    def _log(self, name: str) -> Path:
        return self.state.folder / f"{name}.log"

    def _last_output(self, name: str) -> str:
        lines = self._log(name).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1].removeprefix("emulator: ") if lines else ""

    def end_started(self) -> None:
        """Takes back what was started; for when the rest could not be."""
        for pid, born in reversed(self.started.values()):
            end_process(pid, born)
        for child in self._children:
            child.wait()
