# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory of many emulated clients, of which some are broken, each in a way of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playbooks.helpers import Run, run_playbook

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Campaign, InEffect, Restart
from emulator.testing import Client, Emulator

MARK = "S3cR3t"  # in every secret
PASSWORD = f"Pass-{MARK}-1"
HOOK = f"https://us-{MARK}:pw-{MARK}@hooks.example.com/wa?auth={MARK}"
HOSTILE = (
    "<script>alert('1')</script> \"q\" \x1b[31mred\x1b[0m\x1b]0;title\x07 \x9b2J\n"
    "second\rline {{ 6 * 7 }}{% x %} \u202eback"
)
COLLECTED, BEFORE_2_49_1 = "garbagecollector_enable.messages", "db_garbagecollector_enable"
OFF = {"garbagecollector_enable": {"messages": False}}
SINCE = "2026-01-02T03:04:05Z"
PAST, FUTURE = "2026-02-03T04:05:06Z", "2099-01-01T00:00:00Z"

Change = Callable[["Fleet", str], None]


class Fleet:
    """Clients by their inventory name; every one has a password, a ledger and a declared setting of its own."""

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        self.emulator, self.folder = emulator, folder
        self.clients: dict[str, Client] = {}
        self.hosts: dict[str, dict[str, Any]] = {}

    def add(self, name: str, change: Change | None = None, **options: Any) -> Client:
        client = self.emulator.client(**{"password": PASSWORD, **options})
        self.clients[name] = client
        self.hosts[name] = {
            "wabiz_onprem_api_url": client.api_url,
            "wabiz_onprem_password": PASSWORD,
            "wabiz_onprem_ledger": str(self.ledger_path(name)),
            "wabiz_onprem_settings": {"callback_persist": True},
        }
        if change:
            change(self, name)
        return client

    def ledger_path(self, name: str) -> Path:
        return self.folder / "ledgers" / f"{name}.json"

    def write_ledger(self, name: str, **parts: Any) -> None:
        with Ledger(str(self.ledger_path(name)), read_only=False) as ledger:
            ledger.update(**parts)
            ledger.save()

    def run(self, *arguments: str, playbook: str = "wabiz.onprem.campaign_status", **variables: Any) -> Run:
        common = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "wabiz_onprem_ca_path": self.emulator.ca_path,
        }
        inventory = {"all": {"hosts": self.hosts, "vars": common}}
        given = ["-e", json.dumps(variables)] if variables else []
        return run_playbook(playbook, self.folder, *given, *arguments, inventory=inventory, timeout=300)

    def remove(self) -> None:
        for client in self.clients.values():
            client.remove()


def variables(**given: Any) -> Change:
    return lambda fleet, name: fleet.hosts[name].update(given)


def fault(kind: str, **details: Any) -> Change:
    return lambda fleet, name: fleet.clients[name].order_fault(kind, times=0, **details)


def without_url(fleet: Fleet, name: str) -> None:
    del fleet.hosts[name]["wabiz_onprem_api_url"]


def wrong_ca(fleet: Fleet, name: str) -> None:
    fleet.hosts[name]["wabiz_onprem_api_url"] = fleet.clients[name].variant_url("wrong_ca")


def torn_ledger(fleet: Fleet, name: str) -> None:
    fleet.write_ledger(name, campaigns=campaign("sale"))
    path = fleet.ledger_path(name)
    path.write_text(path.read_text()[:-20])


def campaign(name: str, planned_end: str | None = None) -> dict[str, Campaign]:
    return {name: Campaign(SINCE, planned_end)}


def in_campaign(name: str, planned_end: str | None = None, switch: str = COLLECTED) -> Change:
    """A campaign that a rolling restart has confirmed to be in effect."""
    confirmed = InEffect(SINCE, {switch: False}, {})
    return lambda fleet, host: fleet.write_ledger(host, campaigns=campaign(name, planned_end), in_effect=confirmed)


def unconfirmed_campaign(fleet: Fleet, name: str) -> None:
    fleet.write_ledger(name, campaigns=campaign("fair", FUTURE))


def pending_restart(fleet: Fleet, name: str) -> None:
    fleet.write_ledger(name, restart=Restart(SINCE, ("callback_persist", COLLECTED)))


def connecting_node(fleet: Fleet, name: str) -> None:
    coreapp = next(node for node in fleet.clients[name].nodes() if node["kind"] == "coreapp")
    fleet.clients[name].restart(coreapp["name"])


def hostile(fleet: Fleet, name: str) -> None:
    in_campaign(HOSTILE, PAST)(fleet, name)
    variables(wabiz_onprem_settings={"webhooks": {"url": f"https://hooks.example.com/?auth={MARK}"}})(fleet, name)


def webhook_drift(fleet: Fleet, name: str) -> None:
    fleet.hosts[name]["wabiz_onprem_settings"] = {
        "callback_persist": False,
        "webhooks": {"url": HOOK},
        "extra_settings": {"pager": f"pager-{MARK}"},
    }


UNREACHABLE = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 9}
SLOW_NODES = {"topology": "multiconnect", "connect_seconds": 3600.0}

# Name -> what is done to it, and how the emulated client is set up.
BROKEN: dict[str, tuple[Change | None, dict[str, Any]]] = {
    "b-refused-connection": (variables(wabiz_onprem_api_url="https://127.0.0.1:1/x"), {}),
    "b-wrong-password": (variables(wabiz_onprem_password=f"wrong-{MARK}"), {}),
    "b-wrong-ca": (wrong_ca, {}),
    "b-stalled": (fault("stall"), {}),
    "b-errors": (fault("status", status=500), {}),
    "b-html": (fault("html"), {}),
    "b-settings-fail": (fault("status", status=500, path="/v1/settings/application"), {}),
    "b-torn-ledger": (torn_ledger, {"settings": OFF}),
    "b-overdue": (in_campaign("spring", PAST), {"settings": OFF}),
    "b-off": (None, {"settings": OFF}),
    "b-unconfirmed": (unconfirmed_campaign, {"settings": OFF}),
    "b-unreachable": (variables(**UNREACHABLE), {}),
    "b-undefined": (variables(wabiz_onprem_password="{{ there_is_no_such }}" + f"-{MARK}"), {}),
    "b-no-url": (without_url, {}),
    "b-typo": (variables(wabiz_onprem_settings={"callback_persists": True, "webhooks": {"url": HOOK}}), {}),
    "b-unhealthy": (connecting_node, SLOW_NODES),
    "b-hostile": (
        hostile,
        {"settings": {**OFF, "webhooks": {"url": f"https://h.example/<script>\"'&{{{{6*7}}}}?auth={MARK}"}}},
    ),
    "w-drift": (webhook_drift, {}),
    "w-pending": (pending_restart, {}),
    "w-on": (in_campaign("autumn", FUTURE), {}),
    "w-long": (in_campaign("brand", None), {"settings": OFF}),
}
FINE: dict[str, tuple[Change | None, dict[str, Any]]] = {
    "f-campaign": (in_campaign("sale", FUTURE), {"settings": OFF}),
    "f-declared-off": (variables(wabiz_onprem_settings={"collect_messages": False}), {"settings": OFF}),
    "f-multiconnect": (None, {"topology": "multiconnect"}),
    "f-old": (in_campaign("sale", FUTURE, BEFORE_2_49_1), {"version": "2.41.2", "settings": {BEFORE_2_49_1: False}}),
    "f-as-module": (variables(wabiz_onprem_in_process=False), {}),
    "f-unverified": (variables(wabiz_onprem_ca_path="", wabiz_onprem_validate_certs=False), {}),
}


def broken_fleet(emulator: Emulator, folder: Path, size: int) -> Fleet:
    """So many clients; the last ones are ok, and nothing is special about them."""
    fleet = Fleet(emulator, folder)
    for name, (change, options) in {**BROKEN, **FINE}.items():
        fleet.add(name, change, **options)
    for number in range(size - len(fleet.clients)):
        fleet.add(f"client{number:03d}")
    # what a campaign holds is declared otherwise, and is no drift
    fleet.hosts["f-campaign"]["wabiz_onprem_settings"] = {"collect_messages": True}
    fleet.hosts["f-old"]["wabiz_onprem_settings"] = {"collect_messages": True}
    return fleet
