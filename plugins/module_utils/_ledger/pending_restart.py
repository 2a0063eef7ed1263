# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The owed restart: pure transitions of a ledger's data.

Two phases. *Intended*, written before a PATCH that needs a restart; *owed*, when the PATCH is known to have been taken.
After a crash between the two, what GET shows decides.
"""

from __future__ import annotations

import uuid
from typing import Any, Iterable, Mapping

from .._common.moments import now_text


def is_owed(data: Mapping[str, Any]) -> bool:
    return data["restart"] is not None


def owed_settings(data: Mapping[str, Any]) -> list[str]:
    """The names of the settings that wait for the restart."""
    return list(data["restart"]["settings"]) if data["restart"] else []


def intend(data: dict[str, Any], before: Mapping[str, Any], after: Mapping[str, Any] | None) -> None:
    """Notes what a write is about to change. ``before`` and ``after``: setting -> value, those that need a restart.

    ``after`` is None for a reset, of which nobody knows beforehand what it leaves.
    """
    data["intention"] = {"since": now_text(), "before": dict(before), "after": None if after is None else dict(after)}


def withdraw(data: dict[str, Any]) -> None:
    """The PATCH was refused, or has changed nothing: no restart comes of it."""
    data["intention"] = None


def owe(data: dict[str, Any], names: Iterable[str]) -> None:
    """The PATCH was taken: every node has to be restarted, also those that an earlier restart is through with."""
    old = data["restart"]
    baseline = old["baseline"] if old else None
    data["intention"] = None
    data["restart"] = {
        "id": uuid.uuid4().hex,
        "since": old["since"] if old else now_text(),
        "settings": sorted(set(owed_settings(data)) | set(names)),
        # how many were connected before the first node was touched is still true; which node is done is not
        "baseline": {"connected": baseline["connected"], "nodes": {}} if baseline else None,
    }


def was_taken(data: Mapping[str, Any], current: Mapping[str, Any]) -> list[str] | None:
    """After a crash: which of the intended settings the client has now, judged by what GET shows.

    A setting that GET does not show counts as taken: a needless restart is cheap, a lost one is not. None where nothing
    was intended.
    """
    intention = data["intention"]
    if intention is None:
        return None
    if intention["after"] is None:
        return sorted(name for name, value in intention["before"].items() if current.get(name) != value)
    return sorted(
        name
        for name, value in intention["after"].items()
        if name not in current or (current[name] == value and intention["before"].get(name) != value)
    )


def resolve(data: dict[str, Any], current: Mapping[str, Any]) -> bool:
    """Decides what a crash has left open. Returns whether the data has changed."""
    taken = was_taken(data, current)
    if taken is None:
        return False
    if taken:
        owe(data, taken)
    else:
        withdraw(data)
    return True
