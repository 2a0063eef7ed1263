# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's own events of its containers, and what follows from them: which node was down, when, and how many at once.

The engine keeps only its last 256 events, so they are read as they come; what has not come yet is asked for.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import docker

from .cluster import OURS, SERVICE

DOWN, UP = ("kill", "die"), "start"
WEBAPP = "waweb"


@dataclass(frozen=True)
class Event:
    time: float
    cluster: str
    node: str
    action: str


@dataclass(frozen=True)
class Outage:
    """From the first signal to a node until the engine has started it again."""

    node: str
    begin: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.begin


class EventLog:
    """Reads the engine's stream of events of our containers while the block runs."""

    def __init__(self, engine: docker.DockerClient) -> None:
        self.engine = engine
        self._events: dict[tuple[int, str, str], Event] = {}  # by time, container and action
        self.begin = 0.0
        self._stream: Any = None
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> EventLog:
        self.begin = time.time()
        self._stream = self.engine.events(
            decode=True, since=int(self.begin), filters={"type": "container", "label": OURS}
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._catch_up()
        self._stream.close()
        self._thread.join(5)

    def _read(self) -> None:
        for event in self._stream:
            self._add(event)

    def _add(self, event: dict[str, Any]) -> None:
        labels = event["Actor"]["Attributes"]
        key = (event["timeNano"], event["Actor"]["ID"], event["Action"])
        self._events[key] = Event(event["timeNano"] / 1e9, labels[OURS], labels[SERVICE], event["Action"])

    def _catch_up(self) -> None:
        """Reads the events up to now: the stream may be late."""
        filters = {"type": "container", "label": OURS}
        for event in self.engine.events(
            decode=True, since=int(self.begin), until=f"{time.time():.9f}", filters=filters
        ):
            self._add(event)

    @property
    def events(self) -> list[Event]:
        """All events so far, in their order."""
        self._catch_up()
        return sorted(self._events.copy().values(), key=lambda event: event.time)

    def of(self, cluster: str, since: float = 0.0) -> list[Event]:
        """The events of the Coreapps and masters of one client."""
        mine = [event for event in self.events if event.cluster == cluster and event.node != WEBAPP]
        return [event for event in mine if event.time >= max(since, self.begin)]


def starts(events: Iterable[Event]) -> Counter[str]:
    """How many times each node was started."""
    return Counter(event.node for event in events if event.action == UP)


def start_order(events: Iterable[Event]) -> list[str]:
    return [event.node for event in events if event.action == UP]


def outages(events: Iterable[Event]) -> list[Outage]:
    """In the order of their ends; a node that was not started again has no end."""
    down: dict[str, float] = {}
    found: list[Outage] = []
    for event in events:
        if event.action in DOWN:
            down.setdefault(event.node, event.time)
        elif event.action == UP and event.node in down:
            found.append(Outage(event.node, down.pop(event.node), event.time))
    return found + [Outage(node, begin, float("inf")) for node, begin in down.items()]


def most_down_at_once(events: Iterable[Event]) -> int:
    """The greatest number of nodes that are down at one moment, by the engine's events."""
    moments = []
    for outage in outages(events):
        moments += [(outage.begin, 1), (outage.end, -1)]
    most = current = 0
    for _moment, step in sorted(moments):
        current += step
        most = max(most, current)
    return most
