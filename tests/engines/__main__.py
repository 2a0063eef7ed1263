# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m engines`: a client in containers by hand, as compose would start it.

up STATE [--topology multiconnect --masters 2 --coreapps 3 --shards 2]   start it; STATE then holds its connection
status STATE      its nodes, and when the engine has started each
break STATE NODE  the node's next start fails
repair STATE NODE and no longer
down STATE        remove it
"""

from __future__ import annotations

import argparse
import json
import uuid
from pathlib import Path
from typing import Any

import docker

from . import breaking
from .cluster import PROJECT, DockerCluster, Shape


def opened(state: Path, shape: dict[str, Any] | None = None) -> DockerCluster:
    """The client that a state file is about; a new one where there is no such file."""
    known = json.loads(state.read_text(encoding="utf-8")) if state.exists() else {}
    name = known.get("name") or f"wabiz-{uuid.uuid4().hex[:8]}"
    cluster = DockerCluster(docker.from_env(), name, state.parent, Shape(**(shape or known.get("shape") or {})))
    cluster.api_url = known.get("api_url", "")
    return cluster


def up(state: Path, shape: dict[str, Any]) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    cluster = opened(state, shape)
    values = {"name": cluster.name, "shape": shape}
    state.write_text(json.dumps(values), encoding="utf-8")  # so that `down` finds what `up` could not complete
    cluster.up()
    values |= {
        "api_url": cluster.api_url,
        "username": cluster.username,
        "password": cluster.password,
        "ca_path": str(cluster.ca_path),
        "variables": {"coreapp_docker_filters": {"label": f"{PROJECT}={cluster.name}"}},
    }
    state.write_text(json.dumps(values), encoding="utf-8")


def down(state: Path) -> None:
    cluster = opened(state)
    cluster.down()
    cluster.ca_path.unlink(missing_ok=True)
    state.unlink(missing_ok=True)


def status(state: Path) -> None:
    cluster = opened(state)
    started = cluster.started()
    nodes = [{**node, "started": started[node["name"]]} for node in cluster.client().nodes()]
    print(json.dumps({"name": cluster.name, "api_url": cluster.api_url, "nodes": nodes}, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="engines", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=["up", "down", "status", "break", "repair"])
    parser.add_argument("state", type=Path)
    parser.add_argument("node", nargs="?")
    parser.add_argument("--topology", choices=["single", "multiconnect"], default="single")
    for name, default in (("masters", 2), ("coreapps", 3), ("shards", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    state = options.state.resolve()
    if options.step == "up":
        up(state, {name: getattr(options, name) for name in ("topology", "masters", "coreapps", "shards")})
    elif options.step in ("break", "repair"):
        if not options.node:
            parser.error("which node?")
        container = opened(state).container(options.node)
        (breaking.break_it if options.step == "break" else breaking.repair)(container)
    else:
        {"down": down, "status": status}[options.step](state)


if __name__ == "__main__":
    main()
