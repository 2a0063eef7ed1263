# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a task reaches the machine that it is delegated to: one rule for the roles, and one for tasks beside them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.plugin_utils import delegation

HOSTS: dict[str, Any] = {
    "one": {},
    "plain": {},
    "here": {"ansible_connection": "ansible.builtin.local"},
    "container": {"ansible_connection": "community.docker.docker"},
}


def task(delegate: str | None, ours: bool, around: str | None = None) -> Any:
    role = SimpleNamespace(_role_collection="wabiz.onprem", _role_path="/roles/coreapp") if ours else None
    parent = SimpleNamespace(_delegate_to=around, _parent=None)
    path = "/roles/coreapp/tasks/take_lease.yml:7"
    return SimpleNamespace(delegate_to=delegate, _role=role, _parent=parent, get_path=lambda: path)


@pytest.mark.parametrize(
    ("delegate", "transport", "of_a_role", "beside"),
    [
        (None, "local", True, True),
        ("one", "local", True, True),
        ("plain", "ssh", True, True),
        ("plain", "ansible.builtin.ssh", True, True),
        ("plain", "local", False, False),
        ("plain", "community.docker.docker", False, True),
        ("here", "local", True, True),
        ("here", "ssh", False, True),
        ("container", "docker", True, True),
        ("container", "local", False, False),
        ("localhost", "local", True, True),
        ("unknown", "local", True, True),
    ],
)
def test_the_connection(delegate: str | None, transport: str, of_a_role: bool, beside: bool) -> None:
    variables = {"inventory_hostname": "one", "hostvars": HOSTS}
    for ours, expected in ((True, of_a_role), (False, beside)):
        wrong = delegation.wrong_connection(task(delegate, ours), transport, variables, lambda value: value)
        assert (wrong == "") is expected
        assert (delegation.problem(task(delegate, ours), transport, variables, lambda value: value) == "") is (
            expected or not ours
        )


def test_a_name_without_end_is_cut() -> None:
    name = "x\x1b[2J" * 500
    variables = {"inventory_hostname": "one", "hostvars": {name: {}}}
    wrong = delegation.wrong_connection(task(name, ours=True), "local", variables, lambda value: value)
    assert wrong and len(wrong) < 400 and "\x1b" not in wrong


@pytest.mark.parametrize(
    ("around", "state_host", "fine"), [("one", None, True), ("keeper", "keeper", True), ("x", None, False)]
)
def test_a_delegation_around_a_role(around: str, state_host: str | None, fine: bool) -> None:
    variables = {"inventory_hostname": "one", "wabiz_onprem_state_host": state_host}
    assert (delegation.problem(task(None, True, around), "local", variables, lambda value: value) == "") is fine
    assert delegation.problem(task(None, False, around), "local", variables, lambda value: value) == ""
