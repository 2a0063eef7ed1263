# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients and their nodes as rows alone: how they are made, started and stopped without processes."""

from __future__ import annotations

import hashlib
from typing import Any

from .catalog import accepted
from .config import ClientConfig, make_config
from .errors import EmulatorError
from .settings import Stored, flatten
from .webapp import Services


def node_names(config: ClientConfig) -> list[tuple[str, str]]:
    """Names and kinds of a client's nodes, masters first."""
    if not config.multiconnect:
        return [("wacore", "coreapp")]
    masters = [(f"master{number}", "master") for number in range(1, config.masters + 1)]
    return masters + [(f"wacore{number}", "coreapp") for number in range(1, config.coreapps + 1)]


def node_key(client: str, name: str) -> str:
    """The key in the health report: host name and container id, both stable."""
    return f"{name}:{hashlib.sha256(f'{client}/{name}'.encode()).hexdigest()[:12]}"


def register_client(services: Services, client: str, config: ClientConfig, settings: Stored) -> None:
    """A client with its admin account, before any of its nodes."""
    with services.store.transaction():
        services.store.add_client(client, config, settings)
        services.accounts.add(
            client, config.username, config.password, "ROLE_ADMIN", must_change=config.first_login_pending
        )
        services.cluster.add_shards(client, config)


def checked_settings(values: dict[str, Any], config: ClientConfig) -> Stored:
    flat = flatten(values)
    unknown = sorted(set(flat) - set(accepted(config.version)))
    if unknown:
        raise EmulatorError(f"version {config.version} has no setting {', '.join(unknown)}")
    return flat


class Fleet:
    def __init__(self, services: Services, speed: float) -> None:
        self.services = services
        self.speed = speed

    def add(self, client: str, values: dict[str, Any]) -> ClientConfig:
        """Add a client whose nodes are up and settled."""
        given = dict(values)
        settings = given.pop("settings", {})
        config = make_config({"speed": self.speed, **given})
        if self.services.store.has_client(client):
            raise EmulatorError(f"there is a client {client} already")
        stored = checked_settings(settings, config)
        register_client(self.services, client, config, stored)
        for name, kind in node_names(config):
            self.services.cluster.start(client, name, kind, node_key(client, name), settled=True)
        self.services.cluster.look(client, config)  # so that each shard has a Coreapp before anything stops
        return config

    def start(self, client: str, name: str) -> None:
        node = self.services.cluster.node(client, name)
        if node is None:
            # A node that was not planned: what a surge does to a single instance.
            kind = "master" if name.startswith("master") else "coreapp"
            self.services.cluster.start(client, name, kind, node_key(client, name))
            return
        if node.running:
            return
        self.services.cluster.start(client, name, node.kind, node.key)

    def stop(self, client: str, name: str) -> None:
        if self.services.cluster.node(client, name) is None:
            raise EmulatorError(f"client {client} has no node {name}")
        self.services.cluster.stop(client, name)

    def restart(self, client: str, name: str) -> None:
        self.stop(client, name)
        self.start(client, name)
