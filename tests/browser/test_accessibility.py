# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What axe-core finds: nothing, in light and dark, on a phone and on a desktop, with all details open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browser.documents import EMPTY, busy

if TYPE_CHECKING:
    from browser.conftest import Visits
    from playwright.sync_api import Page


def violations(page: Page) -> str:
    from axe_playwright_python.sync_playwright import Axe

    results = Axe().run(page, options={"resultTypes": ["violations", "incomplete"]})
    unsure = [node["html"] for rule in results.response["incomplete"] for node in rule["nodes"]]
    # What axe cannot judge: text on a drawing, and a number of one figure.
    assert [html for html in unsure if not re.match(r"<text |<\w+[^>]*>\s*.?\s*(<|$)", html)] == []
    return results.generate_report() if results.violations_count else ""


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_is_found(visits: Visits, width: int, colours: str) -> None:
    # So high that every row is drawn: what is not drawn is not looked at.
    page = visits.open(busy(), width=width, height=12000, color_scheme=colours)
    assert not violations(page)
    page.get_by_role("button", name="Open all details").click()
    page.get_by_label("Show all").check()
    assert not violations(page)


def test_the_switched_colours_are_as_legible(visits: Visits) -> None:
    page = visits.open(busy(), height=12000, color_scheme="light")
    page.get_by_text("Dark", exact=True).click()
    assert not violations(page)


def test_an_empty_fleet(visits: Visits) -> None:
    assert not violations(visits.open(EMPTY))


def test_a_screen_reader_finds_a_table_with_headings(visits: Visits) -> None:
    """The rows are laid out as grids; that must not take their meaning away."""
    page = visits.open(busy())
    assert page.get_by_role("table", name="Clients").count() == 1
    headings = page.get_by_role("columnheader").all_inner_texts()
    for heading in ("Level", "Client", "Findings", "Version", "Nodes", "Campaigns", "Collection", "Restart", "Drift"):
        assert heading in [text.strip() for text in headings]
    assert page.get_by_role("rowheader", name="unhealthy", exact=True).count() == 1
    for landmark in ("banner", "main", "contentinfo", "search"):
        assert page.get_by_role(landmark).count() == 1, landmark  # type: ignore[arg-type]


def test_the_focus_can_be_seen_and_nothing_is_a_trap(visits: Visits) -> None:
    page = visits.open(busy())
    seen = set()
    for _step in range(30):
        page.keyboard.press("Tab")
        style = page.evaluate(
            """() => { const one = document.activeElement; const frame = one.matches('.chip input') ? one.parentElement
              : one.matches('.theme input') ? one.nextElementSibling : one;
              return [one.outerHTML.slice(0, 80), getComputedStyle(frame).outlineStyle] }"""
        )
        assert style[1] == "solid", style
        seen.add(style[0])
    assert len(seen) > 25


def test_less_motion_if_that_is_wanted(visits: Visits) -> None:
    page = visits.open(busy(), reduced_motion="reduce")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.c-more summary'), '::before').transitionDuration")
        == "0s"
    )
