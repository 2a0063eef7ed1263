# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory of emulated clients for tests of roles and shipped playbooks, and what has become of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playbooks.helpers import Run

from ansible_collections.wabiz.onprem.plugins.module_utils._common import moments
from emulator.testing import Client, Emulator
from playbooks import helpers

RUN_TIMEOUT = 400  # seconds for one run: a rolling restart is many tasks, and a busy machine is slow
NODE_COMMAND = str(Path(__file__).with_name("node_command.py"))


class Site:
    """Clients by their inventory name, each with a ledger of its own, restarted by the strategy `command`."""

    def __init__(self, emulator: Emulator, folder: Path, clients: dict[str, Client]) -> None:
        self.emulator = emulator
        self.folder = folder
        self.clients = clients
        self.hosts = {name: self._variables(name, client) for name, client in clients.items()}
        self._starts = {name: self._count(client) for name, client in clients.items()}

    def _variables(self, name: str, client: Client) -> dict[str, Any]:
        return {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "wabiz_onprem_api_url": client.api_url,
            "wabiz_onprem_password": client.password,
            "wabiz_onprem_ca_path": self.emulator.ca_path,
            "wabiz_onprem_ledger": str(self.ledger_path(name)),
            "coreapp_strategy": "command",
            "coreapp_wait_interval": 1,
            "coreapp_minimum_uptime": 0,
            "coreapp_nodes": [
                {"name": node["name"], "role": node["kind"], "health_key": node["key"]} for node in client.nodes()
            ],
            "coreapp_restart_command": self.node_command(client, "restart"),
            "coreapp_started_command": self.node_command(client, "started"),
        }

    def node_command(self, client: Client, order: str) -> list[str]:
        control = f"https://127.0.0.1:{self.emulator.port}/_emulator/clients/{client.name}"
        return [sys.executable, NODE_COMMAND, order, control, self.emulator.ca_path, "{{ coreapp_node }}"]

    def ledger_path(self, name: str) -> Path:
        return self.folder / "ledgers" / f"{name}.json"

    def ledger(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.ledger_path(name).read_text())
        return content

    def inventory(self) -> dict[str, Any]:
        return {"all": {"hosts": self.hosts}}

    def run(self, playbook: str, *arguments: str, **more: Any) -> Run:
        """A shipped playbook by its short name, or any by its path."""
        name = playbook if "/" in playbook else f"wabiz.onprem.{playbook}"
        return helpers.run_playbook(
            name, self.folder, *arguments, inventory=self.inventory(), timeout=RUN_TIMEOUT, **more
        )

    def plays(self, plays: list[dict[str, Any]], *arguments: str) -> Run:
        return helpers.run_plays(plays, self.folder, *arguments, inventory=self.inventory(), timeout=RUN_TIMEOUT)

    def settings(self, name: str, **settings: Any) -> None:
        self.hosts[name]["wabiz_onprem_settings"] = settings

    # -- what has become of them

    @staticmethod
    def _count(client: Client) -> int:
        return len(client.events())

    def restarted(self, name: str) -> list[str]:
        """The nodes that were started since the site was made or this was asked last, in their order."""
        client = self.clients[name]
        events = client.events()
        new, self._starts[name] = events[self._starts[name] :], len(events)
        return [event["details"].split()[0] for event in new if event["kind"] == "start"]

    def in_effect(self, name: str, setting: str) -> set[Any]:
        """The values of a setting that govern the nodes of a client."""
        return {values.get(setting) for values in self.clients[name].in_effect().values()}

    def nothing_is_pending(self, name: str) -> bool:
        ledger = self.ledger(name)
        return not any(ledger[part] for part in ("restart", "intention", "lease", "roll"))

    def wait_until_overdue(self, name: str, campaign: str) -> None:
        """A campaign cannot be planned into the past: its planned end has to come."""
        end = moments.parse(self.ledger(name)["campaigns"][campaign]["planned_end"])
        assert end is not None
        time.sleep(max(0.0, (end - moments.utc_now()).total_seconds()))

    # -- a run that dies

    def killed(self, playbook: str, when: Callable[[], bool], *arguments: str, timeout: float = 90) -> None:
        """Starts a playbook and kills it, with all its descendants, as soon as `when` is true."""
        command = helpers.command(f"wabiz.onprem.{playbook}", self.folder, arguments, self.inventory())
        log = self.folder / "killed.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=helpers.environment(self.folder / "killed.jsonl"),
                cwd=self.folder,
            )
        try:
            deadline = time.monotonic() + timeout
            while not when():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"the moment to kill has not come\n{log.read_text()}")
                time.sleep(0.02)
        finally:
            kill_all(process.pid)
            process.wait()


def kill_all(pid: int) -> None:
    """SIGKILL to a process and all its descendants, which may sit in sessions of their own."""
    found = [pid]
    for parent in found:  # grows while it is read
        _signal(parent, signal.SIGSTOP)  # makes no new children while they are counted
        found += _children(parent)
    for one in found:
        _signal(one, signal.SIGKILL)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended by itself
        os.kill(pid, number)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(word) for word in listing.read_text().split()]
    return found
