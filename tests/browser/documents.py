# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents that the report is tried with."""

from __future__ import annotations

from typing import Any

import status_example as example

EMPTY: dict[str, Any] = {
    "schema": 1,
    "made": example.MADE,
    "summary": {"clients": 0, "critical": 0, "warning": 0, "ok": 0, "worst": "ok"},
    "clients": [],
}


def busy(size: int = 30) -> dict[str, Any]:
    """The example, with as many clients, every third of which is in a campaign, and with more campaigns than are shown."""
    document = example.fleet(size)
    for number, client in enumerate(document["clients"]):
        if client["name"].startswith("ok-") and number % 3 == 0:
            name = f"campaign-{number}" if number < 40 else "spring-sale"
            client["campaigns"] = [example.campaign(name, "2026-11-20T08:00:00Z", "2026-11-30T18:00:00Z")]
    return document


def one(**changes: Any) -> dict[str, Any]:
    """A fleet of one client, with everything that a client can have."""
    level = "critical"
    client = example.client("one", example.finding("drift", level, "Settings differ."), **changes)
    return {**EMPTY, "summary": {**EMPTY["summary"], "clients": 1, level: 1, "worst": level}, "clients": [client]}
