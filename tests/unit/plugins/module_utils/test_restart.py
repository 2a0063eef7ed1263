# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two phases of an owed restart."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import pending_restart
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import empty


def test_owed_only_after_the_patch_was_taken() -> None:
    data = empty()
    pending_restart.intend(data, {"log_level": "info"}, {"log_level": "fatal"})
    assert not pending_restart.is_owed(data)
    pending_restart.owe(data, ["log_level"])
    assert pending_restart.is_owed(data)
    assert data["intention"] is None
    assert pending_restart.owed_settings(data) == ["log_level"]


def test_a_refusal_withdraws_the_intention() -> None:
    data = empty()
    pending_restart.intend(data, {"a": 1}, {"a": 2})
    pending_restart.withdraw(data)
    assert data == empty()


def test_a_further_change_is_a_new_restart_for_all_nodes() -> None:
    data = empty()
    pending_restart.owe(data, ["b"])
    first = data["restart"]
    first["baseline"] = {"connected": 2, "nodes": {"n": {"done": True}}}
    pending_restart.owe(data, ["a", "b"])
    second = data["restart"]
    assert second["id"] != first["id"]
    assert second["since"] == first["since"]
    assert second["settings"] == ["a", "b"]
    assert second["baseline"] == {"connected": 2, "nodes": {}}


@pytest.mark.parametrize(
    ("before", "after", "current", "taken"),
    [
        ({"a": 1}, {"a": 2}, {"a": 2}, ["a"]),
        ({"a": 1}, {"a": 2}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, {"a": 3}, []),
        ({"a": 1}, {"a": 2}, {}, ["a"]),
        ({"a": None}, {"a": 2}, {"a": 2}, ["a"]),
        ({"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 2, "b": 1}, ["a"]),
        ({"a": 1, "b": 2}, None, {"a": 1, "b": 3}, ["b"]),
        ({"a": 1}, None, {}, ["a"]),
        ({"a": 1}, None, {"a": 1}, []),
    ],
)
def test_after_a_crash_what_get_shows_decides(
    before: dict[str, Any], after: dict[str, Any] | None, current: dict[str, Any], taken: list[str]
) -> None:
    data = empty()
    pending_restart.intend(data, before, after)
    assert pending_restart.resolve(data, current)
    assert data["intention"] is None
    assert pending_restart.owed_settings(data) == taken
    assert pending_restart.is_owed(data) is bool(taken)


def test_nothing_is_decided_where_nothing_was_intended() -> None:
    data = empty()
    assert not pending_restart.resolve(data, {"a": 1})
    assert data == empty()
