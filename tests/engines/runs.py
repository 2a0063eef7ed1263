# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the collection's playbooks against clients in containers."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playbooks.helpers import Run, command, environment, play, recorded, run_plays

from .cluster import PROJECT, DockerCluster
from .killing import kill_family, new_mark

COLLECTING = "garbagecollector_enable.messages"
ENVIRONMENT = {"ANSIBLE_PIPELINING": "1"}
SECONDS = 600.0


def ledger_path(cluster: DockerCluster) -> Path:
    return cluster.ca_path.with_name(f"{cluster.name}-ledger.json")


def host(cluster: DockerCluster, **changes: Any) -> dict[str, Any]:
    """The client in an inventory."""
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "wabiz_onprem_api_url": cluster.api_url,
        "wabiz_onprem_username": cluster.username,
        "wabiz_onprem_password": cluster.password,
        "wabiz_onprem_ca_path": str(cluster.ca_path),
        "wabiz_onprem_ledger": str(ledger_path(cluster)),
        "coreapp_docker_filters": {"label": f"{PROJECT}={cluster.name}"},
        "coreapp_stop_timeout": 10,
        "coreapp_wait_timeout": 120,
        "coreapp_wait_interval": 1,
        "coreapp_minimum_uptime": 1,
        **changes,
    }


def inventory(*clusters: DockerCluster, others: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    hosts = {cluster.name: host(cluster, **changes) for cluster in clusters}
    return {"all": {"hosts": {**hosts, **(others or {})}}}


class Playbook:
    """A playbook that runs beside the test, and can be killed with all that it has started."""

    def __init__(self, folder: Path, name: str, hosts: Mapping[str, Any], *arguments: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.results = folder / "results.jsonl"
        self.results.unlink(missing_ok=True)
        self.output = folder / "output.txt"
        self.mark = new_mark()
        self.started = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command(name, folder, arguments, hosts),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(self.results, {**ENVIRONMENT, **self.mark}),
                cwd=folder,
            )

    def wait(self, seconds: float = SECONDS) -> Run:
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        output = self.output.read_text(encoding="utf-8", errors="replace")
        return Run(code, output, recorded(self.results), time.monotonic() - self.started)

    def kill(self) -> int:
        """SIGKILL for it and for all its descendants; how many processes that were."""
        killed = kill_family(self.mark)
        self.process.wait(30)
        return killed


def campaign(
    cluster: DockerCluster, step: str, name: str = "sale", *arguments: str, tag: str = "", **changes: Any
) -> Playbook:
    """Starts playbook campaign_begin or campaign_end for one client."""
    folder = cluster.ca_path.parent / f"{cluster.name}-{step}-{name}{tag}"
    extra = ["-e", json.dumps({"campaign_mode_name": name})]
    return Playbook(folder, f"wabiz.onprem.campaign_{step}", inventory(cluster, **changes), *extra, *arguments)


def restart(cluster: DockerCluster, *arguments: str, **changes: Any) -> Playbook:
    """Starts playbook restart for one client."""
    folder = cluster.ca_path.parent / f"{cluster.name}-restart"
    return Playbook(folder, "wabiz.onprem.restart", inventory(cluster, **changes), "--limit", cluster.name, *arguments)


def role_tasks(
    cluster: DockerCluster,
    tasks: Sequence[Mapping[str, Any]],
    keys: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
    **changes: Any,
) -> Run:
    """Tasks of a play on one client; `keys` are further keywords of the play."""
    return run_plays(
        [play(tasks, connection_defaults(), hosts=cluster.name, **(keys or {}))],
        cluster.ca_path.parent / f"{cluster.name}-tasks",
        inventory=inventory(cluster, **changes),
        env={**ENVIRONMENT, **(env or {})},
        timeout=SECONDS,
    )


def connection_defaults() -> dict[str, str]:
    """The module_defaults that take the connection from the inventory, as the shipped playbooks have them."""
    return {name: f"{{{{ wabiz_onprem_{name} }}}}" for name in ("api_url", "username", "password", "ca_path")}


def collecting(cluster: DockerCluster) -> dict[str, bool]:
    """Per node, whether its garbage collection of messages is in effect."""
    return {name: bool(values[COLLECTING]) for name, values in cluster.client().in_effect().items()}


def ledger(cluster: DockerCluster) -> dict[str, Any]:
    """The client's ledger."""
    values: dict[str, Any] = json.loads(ledger_path(cluster).read_text(encoding="utf-8"))
    return values


def nothing_is_left(cluster: DockerCluster) -> bool:
    """Whether there is no campaign, nothing is pending, and no run holds the lease."""
    values = ledger(cluster)
    return not any(values[name] for name in ("campaigns", "restart", "roll", "intention", "lease"))
