# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""application_settings in real runs of ansible-playbook: calls, check mode, diff, every version in both topologies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playbooks.helpers import Run, connection, play, run_plays, run_tasks, task
from playbooks.matrix import DEFAULTS, all_clients, inventory

from emulator.testing import Client, Emulator

ENTRY_POINTS = pytest.mark.parametrize("in_process", [True, False], ids=["in_process", "module"])
URL = "https://hooks.example/wa"
MakeClient = Callable[..., Client]


def on(client: Client, emulator: Emulator, name: str, check: bool = False, **options: Any) -> dict[str, Any]:
    """A task on just this client."""
    return task("application_settings", name, keywords={"check_mode": check}, **connection(client, emulator), **options)


def methods(client: Client) -> list[str]:
    return [f"{call['method']} {call['path'].rpartition('/')[2]}" for call in client.calls()]


@ENTRY_POINTS
def test_requests_of_a_task(make_client: MakeClient, emulator: Emulator, tmp_path: Path, in_process: bool) -> None:
    wanted = {"callback_backoff_delay_ms": 4000}
    names = ("Unchanged", "Changed", "Unchanged by token", "Changed by token", "Checked", "Checked by token")
    clients = {name: make_client() for name in names}
    tasks = []
    for name, client in clients.items():
        settings = {"callback_backoff_delay_ms": 3000} if name.startswith("Unchanged") else wanted
        token = {"token": client.new_token(), "password": None} if "token" in name else {}
        options = connection(client, emulator, **token)
        keywords = {"check_mode": name.startswith("Checked")}
        tasks.append(task("application_settings", name, keywords=keywords, **options, **settings))
    tokens = {name: client.live_tokens() for name, client in clients.items()}
    run = run_tasks(tasks, {}, tmp_path, in_process=in_process)
    assert run.ok
    login, get, patch, logout = "POST login", "GET application", "PATCH application", "POST logout"
    assert {name: methods(client) for name, client in clients.items()} == {
        "Unchanged": [login, get, logout],
        "Changed": [login, get, patch, get, logout],
        "Unchanged by token": [get],
        "Changed by token": [get, patch, get],
        "Checked": [login, get, logout],
        "Checked by token": [get],
    }
    assert {name: client.live_tokens() for name, client in clients.items()} == tokens
    assert [run[name]["changed"] for name in names] == [False, True, False, True, True, True]


@ENTRY_POINTS
def test_oddities_of_types_are_no_change(client: Client, emulator: Emulator, tmp_path: Path, in_process: bool) -> None:
    tasks = [
        task("application_settings", "A text", callback_backoff_delay_ms="3000"),
        task("application_settings", "A number", callback_backoff_delay_ms=3000),
        task(
            "application_settings",
            "Another order",
            media={"auto_download": ["video", "audio", "document", "image", "sticker", "voice"]},
        ),
        task("application_settings", "A word", callback_persist="true", show_security_notifications="no"),
        task(
            "application_settings", "In one dictionary", settings={"callback_persist": "yes", "heartbeat_interval": "5"}
        ),
    ]
    run = run_tasks(tasks, connection(client, emulator), tmp_path, in_process=in_process)
    assert run.ok
    assert [one["changed"] for one in run.results] == [False] * len(tasks)
    assert client.writes() == []


@pytest.mark.parametrize("nested", ["replace", "deep"])
def test_a_new_webhook_url_leaves_its_neighbours(
    make_client: MakeClient, emulator: Emulator, tmp_path: Path, nested: str
) -> None:
    statuses = {"sent": False, "delivered": True, "read": False}
    client = make_client(
        nested=nested, settings={"webhooks": {"url": URL, "max_concurrent_requests": 18, "message": statuses}}
    )
    before = client.stored()
    run = run_tasks(
        [task("application_settings", "Move", webhooks={"url": URL + "/new"})], connection(client, emulator), tmp_path
    )
    assert run.ok
    assert run["Move"]["changed_settings"] == ["webhooks.url"]
    assert not run["Move"]["restart_required"]
    assert client.stored() == dict(before, **{"webhooks.url": URL + "/new"})
    assert [call["keys"] for call in client.calls() if call["method"] == "PATCH"] == [["webhooks"]]


# What works with every version, in the order in which it is done: name, options.
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("change", {"callback_persist": False, "webhooks": {"url": URL, "max_concurrent_requests": 12}}),
    ("collect", {"collect_messages": False}),
    ("hidden", {"axolotl_context_striping_disabled": True}),
    ("reset names", {"reset": ["webhooks.max_concurrent_requests", "callback_persist"], "heartbeat_interval": 6}),
    ("default", {"state": "default", "allow_webhook_loss": True}),
    ("change after default", {"notify_user_change_number": False, "heartbeat_interval": 9}),
    ("default again", {"state": "default"}),
)
SHOWN = ("changed", "changed_settings", "settings", "restart_required", "restart_settings", "held_settings", "diff")


def _predicted_and_done(run: Run, host: str, name: str) -> None:
    predicted, done, again = (run.on(host, f"{name}: {what}") for what in ("predict", "do", "again"))
    assert done["changed"], name
    assert not again["changed"], name
    assert again["diff"]["before"] == again["diff"]["after"], name
    if any("cannot be known" in text for text in predicted.warnings):
        assert name.startswith("default")
        return
    for key in SHOWN:
        assert predicted[key] == done[key], (name, key)


@ENTRY_POINTS
def test_every_version_in_both_topologies(
    make_client: MakeClient, emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    clients = all_clients(make_client, in_process)
    steps = STEPS if in_process else STEPS[:1] + STEPS[-3:]
    tasks = [
        task("application_settings_info", "Look", keywords={"register": "found"}),
        task("application_settings", "Paste back", settings="{{ found.settings }}"),
    ]
    for name, options in steps:
        tasks += [
            task("application_settings", f"{name}: predict", keywords={"check_mode": True}, **options),
            task("application_settings", f"{name}: do", **options),
            task("application_settings", f"{name}: again", **options),
        ]
    defaults = {**DEFAULTS, "ledger": f"{tmp_path}/{{{{ inventory_hostname }}}}.json"}
    hosts = inventory(clients, emulator)
    plays = [play(tasks, defaults, hosts="all")]
    run = run_plays(plays, tmp_path, "--diff", inventory=hosts, in_process=in_process, timeout=300)
    assert run.ok
    for host, client in clients.items():
        assert run.on(host, "Look")["api_version"] == client.version
        assert not run.on(host, "Paste back")["changed"]
        for name, _dummy in steps:
            _predicted_and_done(run, host, name)
        assert client.stored()["heartbeat_interval"] == 5
        verbs = ["DELETE" if name.startswith("default") else "PATCH" for name, _dummy in steps]
        assert client.writes() == [f"{verb} /v1/settings/application" for verb in verbs]


@ENTRY_POINTS
def test_a_whole_run_in_check_mode_writes_nothing(
    make_client: MakeClient, emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    client = make_client(settings={"webhooks": {"url": URL}})
    ledger = tmp_path / "ledger.json"
    tasks = [task("application_settings", name, ledger=str(ledger), **options) for name, options in STEPS[:-1]]
    tasks.append(task("application_settings_info", "Look", ledger=str(ledger)))
    run = run_tasks(tasks, connection(client, emulator), tmp_path, "--check", "--diff", in_process=in_process)
    assert run.ok
    assert client.writes() == []
    assert {call["method"] for call in client.calls() if not call["path"].startswith("/v1/users/")} == {"GET"}
    assert not ledger.exists()
    assert client.live_tokens() == 0


def test_the_diff_holds_what_is_managed_and_nothing_else(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    tasks = [task("application_settings", "Change", callback_persist=True, heartbeat_interval=6)]
    run = run_tasks(tasks, connection(client, emulator), tmp_path, "--diff")
    assert run.ok
    assert run["Change"]["diff"] == {
        "before": {"callback_persist": True, "heartbeat_interval": 5},
        "after": {"callback_persist": True, "heartbeat_interval": 6},
    }
    assert "-    heartbeat_interval: 5" in run.output.replace('"', "").replace("},", "")


def test_a_campaign_holds_garbage_collection_off(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    ledger = str(tmp_path / "ledger.json")
    on_again = {"garbagecollector_enable": {"messages": True}, "ledger": ledger}
    tasks = [
        task("campaign", "Begin", name="spring", ledger=ledger),
        task("application_settings", "Hold", **on_again),
        task("application_settings", "Refused", keywords={"ignore_errors": True}, state="default", ledger=ledger),
        task("application_settings_info", "Look", ledger=ledger),
        task("campaign", "End", name="spring", state="absent", ledger=ledger),
        task("application_settings", "Release", **on_again),
    ]
    run = run_tasks(tasks, connection(client, emulator), tmp_path)
    assert run.ok
    name = "garbagecollector_enable.messages"
    assert run["Begin"]["changed_settings"] == run["End"]["changed_settings"] == [name]
    assert (run["Hold"]["changed"], run["Hold"]["held_settings"]) == (False, [name])
    assert "while a campaign holds garbage collection off (spring)" in run["Refused"]["msg"]
    assert (run["Look"]["held_settings"], run["Look"]["restart_settings"]) == ([name], [name])
    assert (run["Release"]["changed"], run["Release"]["held_settings"]) == (False, [])
    assert client.stored()[name] is True


def test_version_bound_settings_warn_and_are_named(make_client: MakeClient, emulator: Emulator, tmp_path: Path) -> None:
    old, middle, new = (make_client(version=version) for version in ("2.33.4", "2.41.2", "2.53.1"))
    tasks = [
        on(old, emulator, "Old", pass_through=True, db_garbagecollector_enable=False),
        on(middle, emulator, "Deprecated", webhook_payload_conversation_pricingmodel_disabled=True, pass_through=False),
        on(
            new, emulator, "Beside", verbose_logging=True, log_level="fatal", unhealthy_interval=5, heartbeat_interval=5
        ),
    ]
    run = run_tasks(tasks, {}, tmp_path)
    assert run.ok
    assert not any("pass_through" in text for text in [*run["Old"].warnings, *run["Deprecated"].warnings])
    deprecated = " ".join(run["Deprecated"].warnings)
    assert "webhook_payload_conversation_pricingmodel_disabled is deprecated since client version 2.39." in deprecated
    beside = " ".join(run["Beside"].warnings)
    assert "log_level has no effect while verbose_logging is on" in beside
    assert "unhealthy_interval (5 s) is not above heartbeat_interval (5 s)" in beside
