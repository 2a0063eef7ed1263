# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One role per container: what a Webapp, a Coreapp or a master reads from its environment, as the product's images do.

`WA_DB` path of the shared database · `WA_APP_MULTICONNECT=1` · `WA_MASTER_NODE=1` · `WA_API_KEY` · `WA_API_VERSION` ·
`WA_SHARDS` · `WA_NODE_NAME` and `WA_CONTAINER_ID` where the host name and the container's id are not to be used ·
`WA_EMULATOR_CONFIG` any other option of the client, as JSON · `WA_WEB_HOST`, `WA_WEB_PORT`, `WA_WEB_SERVERNAME` ·
`WA_EMULATOR_CONTROL=any` opens the control API to others than the loopback.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .cluster import Cluster
from .config import ClientConfig, make_config
from .errors import EmulatorError
from .node import CLIENT, NodeOptions
from .serve_options import ServeOptions
from .store import Store

DEFAULT_DATABASE = "/var/lib/wabiz-emulator/emulator.sqlite"
HTTPS_PORT = 443
# Where engines leave a container's id: bind mounts of /etc/hostname and the like, and control groups.
ID_PATTERNS = (
    re.compile(r"/(?:containers|sandboxes)/([0-9a-f]{64})/"),
    re.compile(r"(?:docker|cri-containerd|crio|libpod)[-/]([0-9a-f]{64})"),
)
ID_FILES = (Path("/proc/self/cgroup"), Path("/proc/self/mountinfo"))


def database(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("WA_DB") or DEFAULT_DATABASE)


def flag(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "") == "1"


def client_config(environment: Mapping[str, str]) -> ClientConfig:
    try:
        values: dict[str, Any] = json.loads(environment.get("WA_EMULATOR_CONFIG") or "{}")
    except ValueError:
        raise EmulatorError("WA_EMULATOR_CONFIG is not JSON") from None
    if flag(environment, "WA_APP_MULTICONNECT"):
        values.setdefault("topology", "multiconnect")
    for name, option in (("WA_API_VERSION", "version"), ("WA_API_KEY", "api_key")):
        if environment.get(name):
            values.setdefault(option, environment[name])
    if environment.get("WA_SHARDS"):
        values.setdefault("shards", int(environment["WA_SHARDS"]))
    # How many Coreapps there are is seen when they come; only a fleet has to know it before.
    values["coreapps"] = max(values.get("coreapps", 0), values.get("shards", ClientConfig().shards))
    return make_config(values)


def container_id(environment: Mapping[str, str], hostname: str, files: tuple[Path, ...] = ID_FILES) -> str:
    """The first 12 digits of this container's id."""
    if environment.get("WA_CONTAINER_ID"):
        return environment["WA_CONTAINER_ID"][:12]
    if re.fullmatch(r"[0-9a-f]{12}", hostname):  # what engines name a container that was given no host name
        return hostname
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
        for pattern in ID_PATTERNS:
            found = pattern.search(text)
            if found:
                return found.group(1)[:12]
    return hashlib.sha256(hostname.encode()).hexdigest()[:12]


def node_options(environment: Mapping[str, str]) -> NodeOptions:
    hostname = environment.get("HOSTNAME") or socket.gethostname()
    return NodeOptions(
        database=database(environment),
        name=environment.get("WA_NODE_NAME") or hostname,
        kind="master" if flag(environment, "WA_MASTER_NODE") else "coreapp",
        key=f"{hostname}:{container_id(environment, hostname)}",
        config=client_config(environment),
    )


def probe(environment: Mapping[str, str]) -> str | None:
    """The status of this container's node, None while it cannot work yet: for an engine's probe of readiness."""
    options = node_options(environment)
    if not options.database.exists():
        return None
    store = Store(options.database)
    try:
        node = next((node for node in Cluster(store, False).report(CLIENT) if node["name"] == options.name), None)
    except EmulatorError:  # no client in the database yet
        return None
    finally:
        store.close()
    return None if node is None or node["status"] in ("down", "uninitialized", "connecting") else str(node["status"])


def webapp_options(environment: Mapping[str, str]) -> ServeOptions:
    return ServeOptions(
        database=database(environment),
        host=environment.get("WA_WEB_HOST") or "0.0.0.0",  # noqa: S104 (a container's port is published or not)
        port=int(environment.get("WA_WEB_PORT") or HTTPS_PORT),
        fleet=False,
        client=client_config(environment),
        control_for_anyone=environment.get("WA_EMULATOR_CONTROL") == "any",
    )
