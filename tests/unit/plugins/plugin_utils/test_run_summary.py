# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The closing table of the shipped playbooks."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.plugin_utils import run_summary
from ansible_collections.wabiz.onprem.plugins.plugin_utils.run_summary import Client, command, judge, lines

MESSAGES = "garbagecollector_enable.messages"
CONFIRMED = {"confirmed": True, "value": False, "confirmed_at": "2026-04-12T02:10:00Z", "reason": None}
DOUBTFUL = {"confirmed": False, "value": None, "confirmed_at": None, "reason": "never"}
BEGUN = {
    "changed": True,
    "campaigns": [{"name": "sale"}],
    "changed_settings": [MESSAGES],
    "held_settings": [MESSAGES],
    "restart_required": True,
    "in_effect": {MESSAGES: DOUBTFUL},
}
LEASE = {"go": True, "pending": True, "at": "2026-04-12T02:09:00Z"}
CLOSED = {"total": 5, "done": 5, "closed": True, "at": "2026-04-12T02:10:00Z", "in_effect": {MESSAGES: CONFIRMED}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, False),
        ({"tags": ("all",), "skip_tags": (), "start_at_task": None}, False),
        ({"tags": ("write",)}, True),
        ({"tags": ("all",), "skip_tags": ("restart",)}, True),
        ({"start_at_task": "Restart"}, True),
    ],
)
def test_whether_the_command_line_may_leave_tasks_out(given: dict[str, Any], expected: bool) -> None:
    assert run_summary.leaves_tasks_out(given) is expected


def failure(client: str, problem: str = "the connection was refused.") -> dict[str, Any]:
    return {"failed": True, "msg": f"Could not log in of {client}: {problem}", "error": {"client": "https://x:1"}}


@pytest.mark.parametrize(
    ("results", "failed", "expected"),
    [
        (
            {"campaign_mode__result": BEGUN, "coreapp__restart": LEASE, "coreapp__next": CLOSED},
            False,
            Client(
                "wa", "changed", f"campaign sale, set {MESSAGES}, restarted", f"{MESSAGES}: false (02:10Z)", "5/5", "60"
            ),
        ),
        (
            {"campaign_mode__result": BEGUN, "coreapp__restart": {"go": False, "pending": True}},
            False,
            Client("wa", "pending", f"campaign sale, set {MESSAGES}, restart pending", f"{MESSAGES}: ?"),
        ),
        (
            {"campaign_mode__result": {"changed": False, "campaigns": [], "in_effect": {MESSAGES: CONFIRMED}}},
            False,
            Client("wa", "unchanged", "unchanged", f"{MESSAGES}: false (02:10Z)"),
        ),
        (
            {"application_settings__result": failure("wa (https://x:1)")},
            True,
            Client("wa", "failed", "failed", cause="Could not log in of the client: the connection was refused."),
        ),
        (
            {"coreapp__restart": LEASE, "coreapp__next": {"total": 5, "done": 2, "at": "2026-04-12T02:09:30Z"}},
            True,
            Client("wa", "failed", "failed", "-", "2/5", "30", run_summary.UNEXPLAINED),
        ),
        (
            {"coreapp_found": {"unreachable": True, "msg": "no route"}},
            True,
            Client("wa", "failed", "failed", cause="Ansible cannot reach the machine: no route"),
        ),
        ({}, False, Client("wa", "unchanged", "unchanged")),
    ],
)
def test_one_client(results: dict[str, Any], failed: bool, expected: Client) -> None:
    assert judge("wa", results, failed) == expected


def test_check_mode_says_would() -> None:
    plan = {"total": 5, "done": 0, "predicted": True, "remaining": list("abcde")}
    written = judge(
        "wa", {"campaign_mode__result": BEGUN, "coreapp__restart": LEASE, "coreapp__plan": plan}, False, True
    )
    assert (written.done, written.nodes) == (f"campaign sale, would set {MESSAGES}, would restart 5 nodes", "-")


def test_the_worst_first_and_the_same_cause_once() -> None:
    clients = [Client("b", "unchanged", "unchanged"), *(Client(one, "failed", "failed", cause="No.") for one in "ca")]
    text = [line.text for line in lines(clients, "again")]
    assert [line.split()[0] for line in text[1:4]] == ["a", "c", "b"]
    assert text[4:] == ["a, c: No.", "Repeat: again", "3 clients: 2 failed, 0 pending, 0 changed, 1 unchanged."]


def test_many_unchanged_clients_are_a_count() -> None:
    clients = [Client(f"c{number}", "unchanged", "unchanged") for number in range(run_summary.MOST_UNCHANGED + 1)]
    assert [line.text for line in lines(clients, "")] == ["21 clients: 0 failed, 0 pending, 0 changed, 21 unchanged."]
    assert len(lines(clients, "", show_all=True)) == 23


def test_a_name_cannot_forge_a_line() -> None:
    (line, *_rest) = lines([Client("a\x1b[2J\nb", "failed", "failed", cause="No.")], "")[1:]
    assert "\x1b" not in line.text and "\n" not in line.text


@pytest.mark.parametrize(
    ("extra", "shown"),
    [
        ("campaign_mode_name=sale", "campaign_mode_name=sale"),
        ("@vars.yml", "@vars.yml"),
        ('{"wabiz_onprem_reset": ["log_level"]}', """'{"wabiz_onprem_reset": ["log_level"]}'"""),
        ("wabiz_onprem_password=hunter2", "'***'"),
        ('{"wabiz_onprem_settings": {"pass_through": 1}}', "'***'"),
        ("campaign_mode_name=sale secret=hunter2", "'***'"),
        ("campaign_mode_name='", "'***'"),
    ],
)
def test_the_command_shows_no_secret(extra: str, shown: str) -> None:
    given = {"args": ("wabiz.onprem.settings",), "inventory": ["hosts.yml"], "extra_vars": (extra,), "tags": ["all"]}
    expected = f"ansible-playbook wabiz.onprem.settings -i hosts.yml -e {shown} --limit a"
    assert command(given, ["a"], ["a", "b"]) == expected
    assert command(given, ["a"], ["a"]) == expected.replace(" --limit a", "")
