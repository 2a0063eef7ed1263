# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated fleet: its inventories, and what its record says."""

from __future__ import annotations

import json
import ssl
import urllib.request
from pathlib import Path

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import in_effect
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from emulator.testing import Client, Emulator

# What a provider declares for a client: a handful of settings of all kinds. playbooks/settings.yml names the same.
WANTED = {
    "callback_backoff_delay_ms": 3000,
    "callback_persist": True,
    "max_callback_backoff_delay_ms": 600000,
    "show_security_notifications": True,
}
IN_CAMPAIGN = {"garbagecollector_enable": {"messages": False}}  # so that a campaign's begin finds all done
CHANGING = "callback_backoff_delay_ms"  # what a changing run gives another value; it needs no restart


class Fleet:
    """Clients of the emulator, and one inventory for each size and credential."""

    def __init__(self, emulator: Emulator, size: int, folder: Path) -> None:
        self._emulator = emulator
        self._folder = folder
        self.clients: list[Client] = [
            emulator.client(name=f"client{number:03d}", settings={**WANTED, **IN_CAMPAIGN})
            for number in range(1, size + 1)
        ]
        for client in self.clients:
            self._confirm(client)
        self._tokens = {client.name: client.new_token() for client in self.clients}

    def _ledger(self, client: Client) -> str:
        return str(self._folder / f"{client.name}.json")

    def _confirm(self, client: Client) -> None:
        """Records what a rolling restart would have confirmed, so that a campaign's begin has nothing to restart."""
        held = {"garbagecollector_enable.messages": False}
        with Ledger(self._ledger(client), read_only=False) as ledger:
            ledger.state = in_effect.confirm(ledger.state, held, held, {})
            ledger.save()

    def inventory(self, size: int, credential: str, python: str) -> Path:
        """A file with the first clients of the fleet, each run on the controller, none with an interpreter to be found."""
        path = self._folder / f"inventory-{credential}-{size}.json"
        hosts = {}
        for client in self.clients[:size]:
            secret = client.password if credential == "password" else self._tokens[client.name]
            hosts[client.name] = {
                "wabiz_onprem_api_url": client.api_url,
                f"wabiz_onprem_{credential}": secret,
                "wabiz_onprem_ledger": self._ledger(client),
            }
        common = {
            "ansible_connection": "local",
            "ansible_python_interpreter": python,
            "wabiz_onprem_ca_path": self._emulator.ca_path,
        }
        path.write_text(json.dumps({"clients": {"hosts": hosts, "vars": common}}), encoding="utf-8")
        return path

    def put_back(self, size: int) -> None:
        """All settings as declared, whatever earlier runs have changed."""
        body = json.dumps(WANTED).encode()
        for client in self.clients[:size]:
            if client.stored()[CHANGING] != WANTED[CHANGING]:
                _patch(client, self._tokens[client.name], body, self._emulator.ca_path)

    def clear_calls(self, size: int) -> None:
        for client in self.clients[:size]:
            client.clear_calls()

    def check_calls(self, size: int, requests: int, writes: int) -> int:
        """How many requests came in all; an error unless each client saw what the variant promises."""
        total = 0
        for client in self.clients[:size]:
            calls = client.calls()
            seen = (len(calls), sum(1 for call in calls if call["write"]))
            bad = [call for call in calls if call["status"] != 200]
            if seen != (requests, writes) or bad:
                shown = [f"{call['method']} {call['path']} {call['status']}" for call in calls]
                raise AssertionError(f"{client.name} saw {shown}, expected {requests} requests with {writes} writes")
            total += len(calls)
        return total


def _patch(client: Client, token: str, body: bytes, ca_path: str) -> None:
    request = urllib.request.Request(f"{client.api_url}/v1/settings/application", body, method="PATCH")  # noqa: S310
    request.add_header("Authorization", f"Bearer {token}")
    context = ssl.create_default_context(cafile=ca_path)
    with urllib.request.urlopen(request, context=context):  # noqa: S310 (an emulator's address)
        pass


def wanted(changed_to: int | None) -> str:
    """The settings as extra variables; with a number, one of them differs from what the clients have."""
    settings = dict(WANTED) if changed_to is None else {**WANTED, CHANGING: changed_to}
    return json.dumps({"wanted": settings})
