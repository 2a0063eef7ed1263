# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of the fleet for a terminal: a line for each client, and below it what is wrong, a line for each finding.

Names and texts come from people and from clients. Whatever could steer a terminal, or make two lines of one, is taken out.
"""

from __future__ import annotations

import unicodedata
from typing import Any, Iterator, List, Mapping, NamedTuple, Sequence

from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless
from ansible_collections.wabiz.onprem.plugins.module_utils._status import OK

HEAD = ("CLIENT", "LEVEL", "VERSION", "HEALTH", "CAMPAIGNS", "COLLECTION", "RESTART", "DRIFT")
WIDEST_NAME, WIDEST_CAMPAIGN, WIDEST_CELL = 40, 24, 90
UNKNOWN = "-"


class Line(NamedTuple):
    """A line, and the level of the client that it is about; no level for a heading."""

    text: str
    level: str


def lines(document: Mapping[str, Any], show_all: bool = True) -> List[Line]:
    """The table, of the clients that need attention or of all, and the counts."""
    clients = [one for one in document["clients"] if show_all or one["level"] != OK]
    if not clients:
        return [Line(summary_text(document), "")]
    rows = [_row(client) for client in clients]
    widths = [max(map(_width, column)) for column in zip(HEAD, *rows)]
    table = [Line(_joined(HEAD, widths), "")]
    table += [Line(_joined(row, widths), client["level"]) for row, client in zip(rows, clients)]
    found = [line for client in clients for line in _findings(client)]
    return [*table, *([Line("", "")] if found else []), *found, Line("", ""), Line(summary_text(document), "")]


def summary_text(document: Mapping[str, Any]) -> str:
    return "{clients} clients: {critical} critical, {warning} warning, {ok} ok.".format(**document["summary"])


def _row(client: Mapping[str, Any]) -> List[str]:
    return [
        harmless(client["name"], WIDEST_NAME),
        harmless(client["level"]),
        harmless(client["api_version"] or UNKNOWN, 20),
        _health(client),
        harmless("; ".join(_campaign(one) for one in client["campaigns"]) or UNKNOWN, WIDEST_CELL),
        _collection(client["message_collection"]),
        _restart(client["restart"]),
        str(len(client["drift"])) if client["drift"] else UNKNOWN,
    ]


def _health(client: Mapping[str, Any]) -> str:
    health = client["health"]
    if health is None:
        return UNKNOWN
    word = "bad" if any(one["kind"] == "unhealthy" for one in client["findings"]) else "ok"
    return "%s %s/%d" % (word, health["connected"], len(health["nodes"]))


def _campaign(campaign: Mapping[str, Any]) -> str:
    name = harmless(campaign["name"], WIDEST_CAMPAIGN)
    until = f" to {_day(campaign['planned_end'])}" if campaign["planned_end"] else ", no end"
    return f"{name} ({_day(campaign['since'])}{until}{', OVERDUE' if campaign['overdue'] else ''})"


def _day(moment: str) -> str:
    return harmless(str(moment).partition("T")[0], 10)


def _collection(collection: Mapping[str, Any]) -> str:
    """As stored and as in effect, with the moment of which that is known."""
    if collection["set"] is None:
        return "-, held" if collection["held"] else UNKNOWN
    words = {True: "on", False: "off", None: "?"}
    stored, effect, at = collection["set"], collection["in_effect"], collection["confirmed_at"]
    known = f", confirmed {harmless(at, 20)[:16]}Z" if effect is not None and at else ""
    return f"{words[stored]}/{words[effect]}{known}{', held' if collection['held'] else ''}"


def _restart(restart: Mapping[str, Any]) -> str:
    if restart["pending"] is None:
        return UNKNOWN
    return harmless(restart["since"] or "yes", 20) if restart["pending"] else "no"


def _findings(client: Mapping[str, Any]) -> Iterator[Line]:
    for one in client["findings"]:
        name, kind, text = (harmless(part) for part in (client["name"], one["kind"], one["text"]))
        yield Line(f"{name}: {one['level']}: {kind}: {text}", one["level"])


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths)]
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    """Columns of a terminal: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in ("W", "F") else 1 for one in text
    )
