# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A node as an engine shows it, in the form in which it passes through Ansible."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Dict, Mapping, Tuple

from .._common.errors import InputError
from .._common.text import harmless

ROLES = ("coreapp", "master")
HEALTH = ("", "healthy", "unhealthy", "starting")
_SHORT_ID = re.compile(r"(?:.*:)?[0-9a-f]{12}\Z")


@dataclass(frozen=True)
class FoundNode:
    """What a strategy has found. It holds no environment and no manifest.

    ``started`` is the strategy's proof of a start, compared and never read; empty if there is none. ``runs`` identifies what
    runs now, where ``started`` can be compared during a rolling restart only. ``running`` is true only if the node really
    runs. ``size`` is how many nodes of the health report it stands for. ``report_ids`` are the texts by which a health
    report may name it. ``selected``: an option of the user names it. ``health`` is what a health check of the engine says,
    where there is one. ``details`` are for the strategy itself.
    """

    name: str
    role: str = "coreapp"
    started: str = ""
    running: bool = False
    state: str = ""
    size: int = 1
    host: str = ""
    engine: str = ""
    report_ids: Tuple[str, ...] = ()
    selected: bool = False
    health: str = ""
    runs: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stopped(self) -> bool:
        """Whether it has ended and nothing starts it again by itself."""
        return not self.running and self.state.split(" ", maxsplit=1)[0] in (
            "exited",
            "created",
            "dead",
            "removing",
            "stopped",
        )

    @property
    def has_short_id(self) -> bool:
        return any(is_short_id(one) for one in self.report_ids)

    def as_values(self) -> Dict[str, Any]:
        return dict(asdict(self), report_ids=list(self.report_ids))

    @classmethod
    def from_values(cls, values: Any) -> FoundNode:
        """Raises InputError. A node without ``selected`` comes from a strategy of the user's own, which names its nodes."""
        if not isinstance(values, Mapping):
            raise InputError("a node must be a dictionary", "Give a node as coreapp_nodes returns it.")
        known = {one.name: one for one in fields(cls)}
        unknown = sorted(str(name) for name in values if name not in known)
        if unknown:
            raise InputError(f"a node has the unknown key {harmless(unknown[0], 40)}", f"Keys are {', '.join(known)}.")
        if not isinstance(values.get("name"), str) or not values["name"]:
            raise InputError("a node has no name")
        given = dict(values)
        for name in ("report_ids", "details", "selected"):
            given.setdefault(name, {"report_ids": (), "details": {}, "selected": True}[name])
        for name, value in given.items():
            problem = _problem(name, value)
            if problem:
                raise InputError(f"{name} of node {harmless(values['name'], 80)} must be {problem}")
        given["report_ids"] = tuple(given["report_ids"])
        given["details"] = dict(given["details"])
        return cls(**given)


def _problem(name: str, value: Any) -> str:
    """What a value has to be and is not; empty if it is."""
    if name in ("running", "selected"):
        return "" if isinstance(value, bool) else "true or false"
    if name == "size":
        return "" if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else "a number, at least 0"
    if name == "report_ids":
        ok = isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value)
        return "" if ok else "a list of texts"
    if name == "details":
        return "" if isinstance(value, Mapping) else "a dictionary"
    choices = {"role": ROLES, "health": HEALTH}.get(name)
    if choices and value not in choices:
        return " or ".join(one or "empty" for one in choices)
    return "" if isinstance(value, str) else "a text"


def is_short_id(text: str) -> bool:
    """Whether this is the short form of a container's id, which no two containers share, alone or after a host's name."""
    return bool(_SHORT_ID.match(text))


def joined(names: Any, most: int = 8) -> str:
    """Names for a message, shortened and not more than a few."""
    shown = [harmless(name, 80) for name in names]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")
