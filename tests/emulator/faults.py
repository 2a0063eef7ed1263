# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that tests order: which call they meet, how often, and what they need to know."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from .errors import EmulatorError

# Kind -> the details it takes, with their defaults. `execute`: whether the call is carried out all the same.
KINDS: dict[str, dict[str, Any]] = {
    "status": {
        "status": 500,
        "code": None,
        "title": None,
        "details": None,
        "body": None,
        "headers": {},
        "execute": False,
    },
    "delay": {"seconds": 0.1},
    "stall": {"seconds": 3600.0, "execute": False},
    "cut": {"execute": False},
    "reset": {"execute": True, "after_bytes": 10},
    "garbage": {"execute": False, "size": 512},
    "html": {"execute": False, "status": 200},
    "truncated": {"execute": True},
    "wrong_shape": {"execute": False, "body": [1, 2, 3]},
    "wrong_type": {"execute": True, "content_type": "text/plain"},
    "empty": {"execute": True, "status": 200},
    "redirect": {"location": "https://127.0.0.1:1/other", "status": 302, "execute": False},
    "big": {"execute": False, "size": 50_000_000, "announced": True},
    "drip": {"execute": True, "interval": 0.1, "part": "body", "chunk": 1},
    "not_kept": {"keys": None},
    "token_expires": {"when": "before"},
}


@dataclass
class Fault:
    client: str
    kind: str
    method: str | None = None
    path: str | None = None  # may hold the wildcards of a shell
    times: int = 1  # how many calls it meets; 0: all
    skip: int = 0  # how many matching calls pass before
    details: dict[str, Any] = field(default_factory=dict)
    met: int = 0

    def fits(self, method: str, path: str) -> bool:
        if self.method is not None and self.method != method:
            return False
        return self.path is None or self.path == path or fnmatchcase(path, self.path)

    @property
    def spent(self) -> bool:
        return self.times > 0 and self.met >= self.times


class FaultBook:
    """The faults that are ordered, in their order, by client."""

    def __init__(self) -> None:
        self._faults: dict[str, list[Fault]] = {}

    def order(self, client: str, order: dict[str, Any]) -> None:
        given = dict(order)
        kind = given.pop("kind", "")
        if kind not in KINDS:
            raise EmulatorError(f"unknown kind of fault: {kind!r} (known: {', '.join(sorted(KINDS))})")
        matching = {name: given.pop(name) for name in ("method", "path", "times", "skip") if name in given}
        unknown = sorted(set(given) - set(KINDS[kind]))
        if unknown:
            raise EmulatorError(f"a fault of kind {kind} takes no {', '.join(unknown)}")
        fault = Fault(client, kind, **matching, details={**KINDS[kind], **given})
        self._faults.setdefault(client, []).append(fault)

    def take(self, client: str, method: str, path: str) -> Fault | None:
        """The fault that this call meets, if any; counts it."""
        faults = self._faults.get(client)
        if not faults:
            return None
        for fault in faults:
            if fault.spent or not fault.fits(method, path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.met += 1
            return fault
        return None

    def ordered(self, client: str) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults.get(client, [])]

    def clear(self, client: str) -> None:
        self._faults.pop(client, None)
