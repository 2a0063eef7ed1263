# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every version in both topologies, as the hosts of one inventory, so that one run covers them all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from emulator.catalog import VERSIONS
from emulator.testing import Client, Emulator

TOPOLOGIES = ("single", "multiconnect")

# What the shipped playbooks do as well: the connection options from inventory variables.
DEFAULTS = {
    "api_url": "{{ wabiz_onprem_api_url }}",
    "password": "{{ wabiz_onprem_password | default(omit) }}",
    "token": "{{ wabiz_onprem_token | default(omit) }}",
    "ca_path": "{{ wabiz_onprem_ca_path }}",
    "retry_timeout": 5,
}


def all_clients(make_client: Callable[..., Client], in_process: bool = True, **options: Any) -> dict[str, Client]:
    """A client for each version in each topology, by a host name that says which.

    A run of modules costs ten times as much, and differs by the entry point, not by the version: the newest one must do.
    """
    return {
        f"{topology}-{version}": make_client(version=version, topology=topology, **options)
        for topology in TOPOLOGIES
        for version in (VERSIONS if in_process else VERSIONS[-1:])
    }


def inventory(clients: Mapping[str, Client], emulator: Emulator) -> dict[str, Any]:
    """These clients as hosts on which tasks run in the controller."""
    hosts = {
        name: {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "wabiz_onprem_api_url": client.api_url,
            "wabiz_onprem_password": client.password,
            "wabiz_onprem_ca_path": emulator.ca_path,
        }
        for name, client in clients.items()
    }
    return {"all": {"hosts": hosts}}
