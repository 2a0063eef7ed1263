# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of cells as real playbooks, at `-vvvv --diff`, through both entry points: nothing that they print holds a secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._api import client as api_client
from emulator.testing import Client, Emulator
from faults import calls
from faults.cell import new_client

# Which fault each host's client meets; the first host meets none.
SAMPLE: dict[str, dict[str, Any]] = {
    "plain": {},
    "login_500": {"kind": "status", "method": "POST", "path": calls.LOGIN, "status": 500},
    "login_cut": {"kind": "cut", "method": "POST", "path": calls.LOGIN, "execute": True},
    "get_401": {"kind": "status", "method": "GET", "path": calls.SETTINGS, "status": 401},
    "get_html": {"kind": "html", "method": "GET", "path": calls.SETTINGS},
    "get_big": {"kind": "big", "method": "GET", "path": calls.SETTINGS},
    "patch_403": {"kind": "status", "method": "PATCH", "path": calls.SETTINGS, "status": 403, "code": 1005},
    "patch_not_kept": {"kind": "not_kept", "method": "PATCH", "path": calls.SETTINGS},
    "logout_503": {"kind": "status", "method": "POST", "path": calls.LOGOUT, "status": 503},
}
if os.environ.get("FAULTS") == "short":
    SAMPLE = {name: SAMPLE[name] for name in ("plain", "get_html", "patch_403", "logout_503")}
SUCCEED = ("plain", "logout_503")

PLAY = [
    {
        "name": "Settings and a media provider",
        "hosts": "all",
        "gather_facts": False,
        "module_defaults": {
            "group/wabiz.onprem.api": {
                "api_url": "{{ api_url }}",
                "password": "{{ password }}",
                "ca_path": "{{ ca_path }}",
                "timeout": 5,
                "retry_timeout": 1,
            }
        },
        "tasks": [
            {
                "name": "Settings",
                "wabiz.onprem.application_settings": {
                    "callback_persist": False,
                    "webhooks": {"url": "{{ webhook }}"},
                    "extra_settings": "{{ extra | default(omit) }}",
                    "ledger": "{{ ledger }}",
                },
                "register": "settings",
                "ignore_errors": True,
            },
            {
                "name": "Settings in one dictionary, in check mode",
                "wabiz.onprem.application_settings": {"settings": {"webhooks": {"url": "{{ webhook }}&more=1"}}},
                "check_mode": True,
                "ignore_errors": True,
            },
            {
                "name": "Media provider",
                "wabiz.onprem.media_provider": {"name": "shop", "bearer": "{{ bearer }}"},
                "ignore_errors": True,
            },
            {"name": "What came of it", "ansible.builtin.debug": {"var": "settings"}},
        ],
    }
]


def _inventory(emulator: Emulator, folder: Path, in_process: bool) -> tuple[dict[str, Any], dict[str, Client]]:
    hosts, clients = {}, {}
    for name, order in SAMPLE.items():
        client = new_client(emulator, calls.SCENARIOS[0])
        details = dict(order)
        if details:
            client.order_fault(details.pop("kind"), details.pop("method"), details.pop("path"), times=0, **details)
        clients[name] = client
        hosts[name] = {"api_url": client.api_url, "ledger": str(folder / name / "ledger.json")}
    shared = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "wabiz_onprem_in_process": in_process,
        "password": calls.PASSWORD,
        "ca_path": emulator.ca_path,
        "webhook": calls.WEBHOOK,
        "bearer": calls.BEARER,
    }
    return {"all": {"hosts": hosts, "vars": shared}}, clients


def _collections() -> str:
    """The folder that holds ansible_collections, as this process finds it."""
    return str(Path(api_client.__file__).parents[6])


@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "module"])
def test_nothing_printed_holds_a_secret(emulator: Emulator, tmp_path: Path, in_process: bool) -> None:
    inventory, clients = _inventory(emulator, tmp_path, in_process)
    (tmp_path / "inventory.json").write_text(json.dumps(inventory))
    (tmp_path / "play.yml").write_text(json.dumps(PLAY))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment.update(ANSIBLE_COLLECTIONS_PATH=_collections(), ANSIBLE_FORKS="4", PYTHONPATH=_collections())
    command = [sys.executable, "-m", "ansible", "playbook", "-vvvv", "--diff", "-i", "inventory.json", "play.yml"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
    printed = done.stdout + done.stderr
    ledgers = "".join(path.read_text() for path in tmp_path.glob("*/ledger.json"))
    assert [secret for secret in (*calls.SECRETS, "eyJ", "Bearer ey") if secret in printed + ledgers] == []
    assert "Unexpected" not in printed
    assert '+    "callback_persist": false' in printed or '"callback_persist": false' in printed
    assert "https://hook.example/***" in printed
    _check_outcomes(printed, clients)


def _check_outcomes(printed: str, clients: dict[str, Client]) -> None:
    for name, client in clients.items():
        stored = client.stored()["callback_persist"]
        assert stored is (name not in SUCCEED), name
        said = [line for line in printed.splitlines() if f"/{client.name}: " in line or f"/{client.name} " in line]
        assert said or name == "plain", name
        unseen = sum(call["executed"] and call["status"] == 0 for call in client.calls() if call["path"] == calls.LOGIN)
        assert client.live_tokens() == unseen or name == "logout_503", name
