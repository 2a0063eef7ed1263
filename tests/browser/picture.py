# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the picture of the report in docs/images: .cache/browser/bin/python tests/browser/picture.py"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
PICTURE = REPOSITORY / "docs" / "images" / "report.png"
sys.path[:0] = [str(REPOSITORY / "tests"), str(REPOSITORY / ".venv" / "collections")]

from browser.chromium import chromium  # noqa: E402  (its folder is on the path only now)
from playwright.sync_api import sync_playwright  # noqa: E402  (its folder is on the path only now)
from status_example import HELD, campaign, client, finding, silent  # noqa: E402  (its folder is on the path only now)

from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_page import render  # noqa: E402  (its folder is on the path only now)

SPRING = campaign("spring-sale", "2026-04-01T08:00:00Z", "2026-04-12T18:00:00Z", True)
EASTER = campaign("easter", "2026-04-02T06:00:00Z", "2026-05-04T18:00:00Z")
LATE = "Campaign spring-sale is past its planned end, 2026-04-12T18:00:00Z, and still holds garbage collection off."


def nodes(count: int) -> dict[str, Any]:
    names = [{"name": f"wacore{number}", "role": "coreapp", "status": "connected"} for number in range(1, count)]
    return {
        "settled": True,
        "connected": count,
        "nodes": [{"name": "master1", "role": "primary_master", "status": "connected"}, *names],
    }


CLIENTS = [
    client(
        "wa-berlin",
        finding(
            "overdue", "critical", f"{LATE} Run campaign_sweep to end it, or plan a later end.", "2026-04-12T18:00:00Z"
        ),
        finding("drift", "warning", "2 settings differ from what the inventory declares. Run the playbook settings."),
        campaigns=[SPRING],
        health=nodes(3),
        drift=[
            {"setting": "callback_backoff_delay_ms", "declared": 1000, "found": 3000},
            {
                "setting": "webhooks.url",
                "declared": "https://hooks.example.com/***",
                "found": "https://old-hooks.example.com/***",
            },
        ],
        **HELD,
    ),
    silent("wa-paris", finding("no_answer", "critical", "Could not log in: the connection was refused.")),
    client(
        "wa-rome",
        finding("restart_pending", "warning", "A restart of the Coreapp is pending. Run the playbook restart."),
        restart={"pending": True, "since": "2026-04-20T02:10:00Z", "settings": ["callback_persist"]},
    ),
    *(client(f"wa-{town}", campaigns=[EASTER], health=nodes(3), **HELD) for town in ("lisbon", "madrid", "vienna")),
    *(client(f"wa-{town}") for town in ("oslo", "porto", "zagreb")),
]
DOCUMENT = {
    "schema": 1,
    "made": "2026-04-22T19:00:00Z",
    "summary": {"clients": len(CLIENTS), "critical": 2, "warning": 1, "ok": 6, "worst": "critical"},
    "clients": CLIENTS,
}


def main() -> None:
    """The first client is open, so that a diff is seen."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "report.html"
        file.write_text(render(DOCUMENT), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1120, "height": 880})
        page.clock.set_fixed_time(DOCUMENT["made"])
        page.goto(file.as_uri())
        page.locator("#client-1 summary").click()
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
