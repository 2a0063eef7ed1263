# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in a browser: rendered to a file, opened, and watched for whatever it must not do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser.chromium import ABSENT, chromium

from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_page import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


class Visits:
    """Opens pages; what they say on the console, ask the network for, or pop up, is a trouble."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        self.troubles: list[str] = []
        self.contexts: list[Any] = []

    def open(self, document: Mapping[str, Any], width: int = 1280, height: int = 900, **settings: Any) -> Page:
        path = self.folder / f"report{len(self.contexts)}.html"
        path.write_text(render(document), encoding="utf-8")
        context = self.browser.new_context(viewport={"width": width, "height": height}, **settings)
        context.set_default_timeout(10000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.troubles.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("dialog", self._dialog)
        page.on("popup", lambda other: self.troubles.append(f"popup: {other.url}"))
        page.on("request", lambda request: self._asked(request.url, path))
        page.goto(path.as_uri())
        return page

    def _dialog(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str, path: Path) -> None:
        if url.partition("#")[0] not in (path.as_uri(), "data:,"):
            self.troubles.append(f"request: {url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        (pytest.fail if os.environ.get("REQUIRE_ENGINES") == "1" else pytest.skip)(ABSENT)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # The sandbox needs rights that a container may not have, and guards against pages that are not ours.
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visits(browser: Browser, tmp_path: Path) -> Iterator[Visits]:
    visits = Visits(browser, tmp_path)
    yield visits
    for context in visits.contexts:
        context.close()
    assert not visits.troubles
