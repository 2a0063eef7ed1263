# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status as people want to read it."""

from __future__ import annotations

from typing import Any

from .catalog import message_collection_key


def table(head: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [head, *rows]]
    return "\n".join(f"  {line}" for line in lines)


def as_text(described: dict[str, Any], report: dict[str, Any], gone: list[str]) -> str:
    parts = [f"{described['api_url']} (version {described['version']}, {described['topology']})"]
    if gone:
        parts.append(f"Processes that have ended: {', '.join(gone)}")
    for name, status in report.items():
        if name:
            parts.append(f"Client {name}")
        parts.append(client_text(status))
    return "\n\n".join(parts)


def client_text(status: dict[str, Any]) -> str:
    collection = message_collection_key(status["version"])
    rows = []
    for node in status["nodes"]:
        on = status["in_effect"][node["name"]][collection]
        rows.append(
            [
                node["name"],
                node["role"],
                node["status"],
                ", ".join(map(str, node["shards"])) or "-",
                node["started"],
                "-" if node["kind"] == "master" else ("on" if on else "off"),
            ]
        )
    queue = status["queue"]
    figures = [
        f"Message rows   {status['rows']['total']} (collected so far: {status['collected']})",
        f"Callbacks      {queue['queued']} queued, {queue['delivered']} delivered, {queue['dropped']} dropped"
        + (f", {queue['lost']} lost" if queue["lost"] else ""),
        f"Live tokens    {status['live_tokens']}",
    ]
    bans = [event["details"] for event in status["events"] if event["kind"] == "ban"]
    head = ["NODE", "ROLE", "STATUS", "SHARD", "STARTED", "COLLECTION"]
    hint = f"  (COLLECTION: {collection} as in effect since the node started)"
    return "\n".join(
        [table(head, rows), hint, "", *(f"  {line}" for line in figures), *(f"  Ban: {ban}" for ban in bans)]
    )
