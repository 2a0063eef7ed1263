# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every call, as tests want to count it. Never a header, a query, a value of a body."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

LIMIT = 100_000


@dataclass(slots=True)
class CallEntry:
    client: str
    method: str
    path: str  # without the client's prefix, without the query
    client_time: float  # when it came, in seconds since the epoch
    scheme: str = ""  # of the Authorization header, in lower case; never what follows it
    status: int = 0  # 0: no complete answer was sent
    write: bool = False  # anything but reading, login and logout
    executed: bool = False  # whether the emulator acted on it (a fault may have come first)
    keys: list[str] = field(default_factory=list)  # top-level keys of the body of a PATCH
    fault: str = ""  # the kind of the fault that it met
    seconds: float = 0.0


def is_write(method: str, path: str) -> bool:
    return method not in ("GET", "HEAD", "OPTIONS") and path not in ("/v1/users/login", "/v1/users/logout")


class Record:
    def __init__(self) -> None:
        self._calls: dict[str, deque[CallEntry]] = {}

    def add(self, entry: CallEntry) -> None:
        calls = self._calls.get(entry.client)
        if calls is None:
            calls = self._calls[entry.client] = deque(maxlen=LIMIT)
        calls.append(entry)

    def calls(self, client: str) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in self._calls.get(client, ())]

    def clear(self, client: str) -> None:
        self._calls.pop(client, None)
