# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What the commands of the user print, as nodes and messages."""

from __future__ import annotations

from typing import Any, Mapping

from .._common.text import harmless
from .nodes import FoundNode

LONGEST_PROOF = 1000  # characters; a proof is compared, and a time of a start has fewer than a hundred


def started(answer: Mapping[str, Any]) -> str:
    """When a node was started, as the command prints it; empty if the node does not run."""
    return str(answer.get("stdout") or "").strip()[:LONGEST_PROOF] if answer.get("rc") == 0 else ""


def is_stopped(answer: Mapping[str, Any]) -> bool:
    """Whether a started command says that the node does not run: it fails, and prints neither a start nor an error."""
    silent = not str(answer.get("stdout") or "").strip() and not str(answer.get("stderr") or "").strip()
    return silent and isinstance(answer.get("rc"), int) and not answer.get("unreachable")


def failure(answer: Mapping[str, Any], option: str) -> str:
    """Why a command brought nothing; empty if it ended well."""
    if answer.get("unreachable"):
        return f"the machine is unreachable: {harmless(answer.get('msg') or '')}"
    if answer.get("rc") == 0 and not answer.get("failed"):
        return ""
    words = harmless(answer.get("stderr") or answer.get("msg") or "it printed no error", 300)
    code = answer.get("rc")
    return f"{option} failed{f' with exit code {code}' if isinstance(code, int) else ''}: {words}"


def found_node(entry: Mapping[str, Any], answer: Mapping[str, Any], host: str) -> FoundNode:
    """:arg entry: name, role, health_key as the user lists them."""
    start, name = started(answer), str(entry["name"])
    return FoundNode(
        name=name,
        role=str(entry.get("role") or "coreapp"),
        started=start,
        running=bool(start),
        state="running" if start else "stopped",
        host=str(entry.get("host") or host),
        report_ids=tuple(dict.fromkeys((str(entry.get("health_key") or name), name))),
        selected=True,
    )


def is_new_start(answer: Mapping[str, Any], before: str) -> bool:
    return started(answer) not in ("", before)
