# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets are in nothing that is said, at any verbosity; their change is visible all the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playbooks.helpers import Run, connection, run_tasks, task

from emulator.testing import Client, Emulator

JOURNAL = Path(__file__).with_name("journal")
ENTRY_POINTS = pytest.mark.parametrize("in_process", [True, False], ids=["in_process", "module"])
# Given by the environment: what ansible-core shows of the lines of a playbook is not ours.
SECRETS = {
    "HOOK_ONE": "q0ne-4711",
    "HOOK_TWO": "qtw0-4712",
    "USER_PART": "us3r-4713",
    "PASS_PART": "pa55-4714",
    "EXTRA": "pag3r-4715",
}


def secret(name: str) -> str:
    return "{{ lookup('ansible.builtin.env', '%s') }}" % name


def urls() -> dict[str, str]:
    return {
        "one": f"https://hooks.example/wa?auth={secret('HOOK_ONE')}",
        "two": f"https://hooks.example/wa?auth={secret('HOOK_TWO')}",
        "user": f"https://{secret('USER_PART')}:{secret('PASS_PART')}@hooks.example/wa?auth={secret('HOOK_ONE')}",
        "http": f"http://{secret('USER_PART')}:{secret('PASS_PART')}@hooks.example/wa?auth={secret('HOOK_ONE')}",
    }


def _tasks(emulator: Emulator, client: Client, refusing: Client, ledger: str) -> list[dict[str, Any]]:
    url = urls()
    failing = {"ignore_errors": True}
    other = connection(refusing, emulator, ledger=ledger + "2")
    extra = {"extra_settings": {"sent_status_text": secret("EXTRA")}}
    return [
        task("application_settings", "First", ledger=ledger, webhooks={"url": url["one"]}),
        task("application_settings", "Secret alone", ledger=ledger, webhooks={"url": url["two"]}),
        task("application_settings", "In a dictionary", ledger=ledger, settings={"webhooks": {"url": url["user"]}}),
        task("application_settings", "The same", ledger=ledger, webhooks={"url": url["user"]}),
        task("application_settings", "Checked", keywords={"check_mode": True}, webhooks={"url": url["two"]}),
        task("application_settings", "Hidden", ledger=ledger, axolotl_context_striping_disabled=True),
        task("application_settings_info", "Look", ledger=ledger),
        task("application_settings", "Http", keywords=failing, webhooks={"url": url["http"]}),
        task(
            "application_settings",
            "Seven",
            keywords=failing,
            webhooks={"url": url["one"], "max_concurrent_requests": 7},
        ),
        task("application_settings", "Misspelt", keywords=failing, webhooks={"url": url["one"]}, **extra, log_lvel=1),
        task("application_settings", "Unknown extra", keywords=failing, ledger=ledger, **extra),
        task("application_settings", "Refused", keywords=failing, **{**other, "webhooks": {"url": url["one"]}}),
        task("application_settings", "Lost", keywords=failing, **{**other, "webhooks": {"url": url["two"]}}),
        task("application_settings", "Default", ledger=ledger, state="default", allow_webhook_loss=True),
    ]


@ENTRY_POINTS
def test_secrets_are_in_nothing_that_is_said(
    make_client: Any, emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    client, refusing = make_client(), make_client()
    refusing.order_fault("status", "PATCH", status=400, code=1009, details="https://hooks.example/?auth=q0ne-4711")
    refusing.order_fault("cut", "PATCH", times=0)
    log = tmp_path / "journal"
    log.touch()
    env = {**SECRETS, "PYTHONPATH": str(JOURNAL), "WABIZ_TEST_JOURNAL": str(log)}
    ledger = str(tmp_path / "ledger.json")
    tasks = _tasks(emulator, client, refusing, ledger)
    options = connection(client, emulator, retry_timeout=0)
    run = run_tasks(tasks, options, tmp_path, "-vvvv", "--diff", in_process=in_process, env=env, timeout=400)
    assert run.ok
    _assert_visible(run)
    said = {
        "output": run.output,
        "results": json.dumps([one.result for one in run.results]),
        "ledger": Path(ledger).read_text() + Path(ledger + "2").read_text(),
        "journal": log.read_text(),
    }
    assert in_process or "Invoked with api_url=" in said["journal"]  # the modules did log
    hidden = [*SECRETS.values(), client.password, *(call["token"] for call in client.calls() if "token" in call)]
    for place, text in said.items():
        for value in hidden:
            assert value not in text, (place, value, text[max(0, text.find(value) - 300) : text.find(value) + 60])


SHOWN = re.compile(r"https://hooks\.example/\*\*\*<[0-9a-f]{8}>")


def _assert_visible(run: Run) -> None:
    """The changes are seen, and the failures are those that were meant."""
    assert run["Secret alone"]["changed"]
    sides = [run["Secret alone"]["diff"][side]["webhooks"]["url"] for side in ("before", "after")]
    sides.append(run["In a dictionary"]["diff"]["after"]["webhooks"]["url"])
    assert [SHOWN.fullmatch(url) is not None for url in sides] == [True] * 3
    assert len(set(sides)) == 3  # each change is visible
    assert not run["The same"]["changed"]
    assert run["Checked"]["changed"]
    assert run["Look"]["settings"]["webhooks"]["url"] in (sides[2], "https://hooks.example/***")
    assert "must begin with https://" in run["Http"]["msg"]
    assert "must be one of: 6, 12, 18, 24" in run["Seven"]["msg"]
    assert "log_lvel" in run["Misspelt"]["msg"]
    assert "1010" in run["Unknown extra"]["msg"]
    assert "1009" in run["Refused"]["msg"]
    assert "cut" in run["Lost"]["msg"]
    invocation = run["First"].get("invocation")
    if invocation:
        assert invocation["module_args"]["webhooks"]["url"] == "https://hooks.example/***"
