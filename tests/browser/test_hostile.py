# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that wants to be more than text, wherever a client or a person can put some: it is shown, and does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import status_example as example
from browser.documents import one

if TYPE_CHECKING:
    from browser.conftest import Visits

PAYLOADS = {
    "script": "<script>alert(1)</script>",
    "end of script": "</script><script>alert(1)</script>",
    "end of style": "</style><script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "attribute": "\" autofocus onfocus=alert(1) x=\"' onmouseover='alert(1)",
    "address": "javascript:alert(1)",
    "frame": "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "picture": "<svg onload=alert(1)><use href='//evil.example/x'/></svg>",
    "form": "</form><form action=//evil.example><button>Send</button>",
    "link": "<a href=javascript:alert(1)>details</a><base href=//evil.example>",
    "refresh": "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "template": "{{ 7 * 7 }}{% for x in range(9) %}!{% endfor %}${alert(1)}",
    "comment": "<!-- --!> <script>alert(1)</script> -->",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt; &#x3c;b&#62;",
}


def hostile(text: str) -> dict[str, Any]:
    """A fleet of one client that has the text everywhere."""
    document = one(
        api_url=f"https://{text}",
        api_version=text,
        health={"settled": False, "connected": 0, "nodes": [{"name": text, "role": text, "status": text}]},
        campaigns=[
            example.campaign(text, "2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z", True),
            example.campaign("times", text, text),
        ],
        restart={"pending": True, "since": text, "settings": [text]},
        held_settings=[text],
        drift=[{"setting": text, "declared": f"https://hooks.example.com/{text}", "found": [text]}],
    )
    document["clients"][0].update(name=text, findings=[example.finding(text, "critical", text, text)])
    return document


@pytest.mark.parametrize("payload", PAYLOADS)
def test_it_is_shown_and_does_nothing(visits: Visits, payload: str) -> None:
    text = PAYLOADS[payload]
    page = visits.open(hostile(text))
    elements = page.evaluate("document.querySelectorAll('*').length")
    page.get_by_role("button", name="Open all details").click()
    page.locator("#find").fill(text)
    assert page.locator("#shown").inner_text() == "1 of 1 shown"
    for selector in (
        ".c-name",
        ".c-version",
        ".first",
        ".findings .text",
        ".lanes .name",
        ".plain td",
        ".diff th",
        "dd",
    ):
        places = page.locator(f"main {selector}").all_text_contents()
        assert [place for place in places if " ".join(text.split()) in " ".join(place.split())], selector
    for place in page.locator("tbody tr").first.locator("td, th").all():
        place.hover(force=True, timeout=2000)
    page.locator(".lanes a").first.click()
    page.wait_for_timeout(100)
    assert page.evaluate("document.querySelectorAll('*').length") == elements
    assert (
        page.evaluate("document.querySelectorAll('img, iframe, svg use, base, meta[http-equiv=refresh]').length") == 0
    )
    assert page.evaluate("document.scripts.length") == 2


def test_a_page_that_is_tampered_with_still_runs_no_foreign_script(visits: Visits) -> None:
    """The policy is a second wall: it holds even where text would become markup."""
    page = visits.open(hostile("text"))
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=data:, onerror=alert(1)>')")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'alert(1)'}))")
    page.wait_for_timeout(200)
    refused = [trouble for trouble in visits.troubles if "Content Security Policy" in trouble]
    assert len(refused) >= 2
    visits.troubles[:] = [trouble for trouble in visits.troubles if trouble not in refused]
