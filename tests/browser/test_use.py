# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do with the report: sort, filter, open, follow a link, switch the colours, print."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import status_example as example
from browser.documents import EMPTY, busy

if TYPE_CHECKING:
    from browser.conftest import Visits
    from playwright.sync_api import Page

SHOWN = """() => [...document.querySelectorAll('table.clients > tbody > tr')]
    .filter((row) => row.getClientRects().length).map((row) => row.querySelector('.c-name').textContent)"""
SORTED = """() => [...document.querySelectorAll('table.clients > thead th[aria-sort]')]
    .map((heading) => [heading.textContent, heading.getAttribute('aria-sort')])"""


# Words that overflow the cell that they belong to.
SPILT = """() => [...document.querySelectorAll('.tags li, .level, thead button, .tile dt, small, .c-more time')]
    .filter((word) => {
        const inner = word.getBoundingClientRect(), outer = word.closest('td, th, .tile, dd, p').getBoundingClientRect()
        return inner.width > 1 && outer.width > 1 && inner.right > outer.right + 1
    }).map((word) => word.outerHTML)"""


def shown(page: Page) -> list[str]:
    """Names of the clients that can be seen, in their order."""
    names: list[str] = page.evaluate(SHOWN)
    return names


def sort(page: Page, heading: str) -> list[str]:
    """Sort by a column; the library does it a moment after the click."""
    page.evaluate("""document.addEventListener('sort-end', () => document.body.dataset.sorts = 1, { once: true })""")
    page.evaluate("delete document.body.dataset.sorts")
    page.locator("table.clients > thead button").get_by_text(heading, exact=True).click()
    page.wait_for_selector("body[data-sorts]")
    return shown(page)


def background(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return colour


def names(document: dict[str, object]) -> list[str]:
    return [client["name"] for client in document["clients"]]  # type: ignore[index,attr-defined]  # the document is plain data


def test_the_worst_are_first_and_sorting_goes_both_ways(visits: Visits) -> None:
    document = busy()
    page = visits.open(document)
    assert shown(page) == names(document)
    assert page.evaluate(SORTED) == [["Level", "descending"]]
    assert sort(page, "Client") == sorted(names(document))
    assert page.evaluate(SORTED) == [["Client", "ascending"]]
    assert sort(page, "Client") == sorted(names(document), reverse=True)
    assert page.evaluate(SORTED) == [["Client", "descending"]]
    assert sort(page, "Drift")[:2] == ["drift", "hostile"]
    assert sort(page, "Level") == names(document)


def test_what_is_not_known_is_sorted_last_both_ways(visits: Visits) -> None:
    page = visits.open(busy())
    unknown = {client["name"] for client in example.CLIENTS if client["api_version"] is None}
    for _time in range(2):
        assert set(sort(page, "Version")[-len(unknown) :]) == unknown


def test_sorting_by_keyboard(visits: Visits) -> None:
    page = visits.open(busy())
    page.get_by_role("columnheader").get_by_role("button", name="Client", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.querySelector('.c-name').closest('tbody, thead') && document.querySelector('tbody .c-name')"
    )
    page.wait_for_timeout(50)
    assert shown(page) == sorted(shown(page))


def test_a_text_is_searched_in_everything_that_a_client_has(visits: Visits) -> None:
    page = visits.open(busy())
    field = page.get_by_role("searchbox", name="Find")
    field.fill("MAX_concurrent drift")
    assert shown(page) == ["drift"]
    assert page.locator("#shown").inner_text() == "1 of 30 shown"
    field.fill("there is no such text")
    assert shown(page) == []
    assert page.get_by_text("No client fits").is_visible()
    field.fill("")
    assert len(shown(page)) == 30


def test_levels_and_facts_are_chosen(visits: Visits) -> None:
    page = visits.open(busy())
    for level in ("Warning", "OK"):
        page.get_by_label(level).uncheck()
    assert shown(page) == [client["name"] for client in example.CRITICAL]
    assert page.locator("#shown").inner_text() == f"{len(example.CRITICAL)} of 30 shown"
    page.get_by_label("Overdue campaign").check()
    assert shown(page) == ["hostile"]
    page.get_by_label("Restart pending").check()
    assert shown(page) == []


def test_a_diff_is_opened(visits: Visits) -> None:
    page = visits.open(busy())
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="drift", exact=True)).first
    assert not row.locator(".diff").is_visible()
    row.locator("summary").click()
    change = row.locator(".diff tr").filter(has_text="callback_persist")
    assert change.locator("td.found").inner_text() == "false"
    assert change.locator("td.declared").inner_text() == "true"
    assert page.evaluate("getComputedStyle(document.querySelector('.diff .found'), '::before').content") == '"\u2212 "'
    row.locator(".c-name").click()
    assert not row.locator(".diff").is_visible()


def test_all_that_is_shown_is_opened_and_closed(visits: Visits) -> None:
    page = visits.open(busy())
    page.get_by_label("OK").uncheck()
    page.get_by_role("button", name="Open all details").click()
    few = len(example.CRITICAL) + len(example.WARNING)
    assert page.locator("td.c-more > details[open]").count() == few
    page.get_by_role("button", name="Close all details").click()
    assert page.locator("td.c-more > details[open]").count() == 0


def test_colours_follow_the_system_until_they_are_switched(visits: Visits) -> None:
    light = background(visits.open(busy(), color_scheme="light"))
    page = visits.open(busy(), color_scheme="dark")
    dark = background(page)
    assert light != dark
    page.get_by_text("Light", exact=True).click()
    assert background(page) == light
    page.keyboard.press("ArrowRight")
    assert background(page) == dark


def test_a_campaign_leads_to_its_client_though_it_was_filtered_out(visits: Visits) -> None:
    page = visits.open(busy())
    page.get_by_label("Warning").uncheck()
    assert "long-campaign" not in shown(page)
    page.get_by_role("link", name="long-campaign").first.click()
    row = page.locator("tr:target")
    assert row.locator(".c-name").inner_text() == "long-campaign"
    assert row.locator(".more").is_visible()
    assert page.evaluate("document.activeElement.closest('tr').id") == row.get_attribute("id")


def test_more_campaigns_than_fit_are_shown_on_demand(visits: Visits) -> None:
    page = visits.open(busy())
    lanes = page.locator("table.lanes > tbody > tr")
    assert [lane.is_visible() for lane in lanes.all()].count(True) == 8
    page.get_by_label("Show all").check()
    assert all(lane.is_visible() for lane in lanes.all())


@pytest.mark.parametrize("width", [320, 375, 700, 1000, 1090, 1280])
def test_the_page_never_scrolls_sideways(visits: Visits, width: int) -> None:
    page = visits.open(busy(), width=width)
    page.get_by_role("button", name="Open all details").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SPILT) == []


def test_it_can_be_used_without_a_script(visits: Visits) -> None:
    page = visits.open(busy(), java_script_enabled=False)
    assert not page.locator("#find").is_visible()
    row = page.locator("table.clients > tbody > tr").first
    row.locator("summary").click()
    assert row.locator(".findings").is_visible()
    page.get_by_label("Critical").uncheck()
    assert not row.is_visible()
    page.get_by_text("Dark", exact=True).click()
    assert page.locator("#theme-dark").is_checked()


def test_the_age_is_shown_when_it_matters(visits: Visits) -> None:
    page = visits.open(busy())
    page.clock.set_fixed_time("2026-11-22T19:30:00Z")
    page.reload()
    assert page.locator("#age").inner_text() == ""
    page.clock.set_fixed_time("2026-11-24T20:00:00Z")
    page.reload()
    assert page.locator("#age").inner_text() == ", 2 days ago"


def test_on_paper_everything_that_is_wrong_can_be_read(visits: Visits) -> None:
    page = visits.open(busy(), color_scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(26, 31, 36)"
    height = "getComputedStyle(document.querySelector('#client-1 details'), '::details-content').height"
    assert float(page.evaluate(height).removesuffix("px")) > 50


def test_an_empty_fleet(visits: Visits) -> None:
    page = visits.open(EMPTY)
    assert page.get_by_text("No clients: the playbook was run on no host.").is_visible()


def test_a_thousand_clients_are_still_usable(visits: Visits) -> None:
    begun = time.monotonic()
    page = visits.open(busy(1000))
    assert sort(page, "Client") == sorted(shown(page))
    page.locator("#find").fill("ok-9")
    assert len(shown(page)) == 1000 - 900 - len(example.CLIENTS)
    assert time.monotonic() - begun < 20  # a busy machine; on an idle one it is a second
