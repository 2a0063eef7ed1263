# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: whole, self-contained, and nothing of what clients say becomes markup."""

from __future__ import annotations

import base64
import copy
import functools
import hashlib
import json
import re
import time
from html.parser import HTMLParser
from typing import Any

import pytest
import status_example as example
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from ansible_collections.wabiz.onprem.plugins.plugin_utils import status_page
from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_page import FOLDER, render

VOID = {"meta", "link", "input", "rect", "line", "br"}


class Page(HTMLParser):
    """What a browser would make of it: elements with their attributes, texts, and whether all is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def skeleton(self) -> list[tuple[str, tuple[str, ...]]]:
        """Elements and the names of their attributes: what must not depend on any text."""
        return [(tag, tuple(attributes)) for tag, attributes in self.elements]


def document(*clients: dict[str, Any]) -> dict[str, Any]:
    counts = {level: sum(client["level"] == level for client in clients) for level in ("critical", "warning", "ok")}
    worst = next((level for level, count in counts.items() if count), "ok")
    return {
        "schema": 1,
        "made": example.MADE,
        "summary": {"clients": len(clients), **counts, "worst": worst},
        "clients": [copy.deepcopy(client) for client in clients],
    }


def everything() -> dict[str, Any]:
    return copy.deepcopy(example.EXAMPLE)


def test_every_client_is_there_with_its_findings() -> None:
    page = Page(render(everything()))
    text = " ".join(page.texts)
    assert not page.open
    for client in everything()["clients"]:
        assert client["name"] in text
        for finding in client["findings"]:
            if client["name"] != "hostile":
                assert finding["text"] in text
    assert len([row for row in page.all("tr") if row.get("data-level")]) == len(everything()["clients"])


def test_the_page_needs_nothing_else() -> None:
    page = Page(render(everything()))
    addresses = [
        value for _tag, attributes in page.elements for name, value in attributes.items() if name in ("href", "src")
    ]
    assert {one for one in addresses if not one.startswith("#client-")} == {"#campaigns", "#clients", "data:,"}
    assert len(page.all("script")) == len(status_page.SCRIPTS)
    assert not re.search(r"url\(|@import", (FOLDER / status_page.STYLE).read_text())
    assert not [name for _tag, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not [1 for _tag, attributes in page.elements if "style" in attributes]


def test_the_policy_lets_only_the_page_s_own_script_and_style_run() -> None:
    html = render(everything())
    (policy,) = (one["content"] for one in Page(html).all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        parts = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in parts]
        assert rules[rule] == " ".join(f"'sha256-{digest}'" for digest in digests)
    assert "unsafe" not in policy


def test_links_lead_to_clients_that_are_there() -> None:
    page = Page(render(everything()))
    ids = [attributes["id"] for _tag, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {one["href"][1:] for one in page.all("a")} <= set(ids)
    assert {one["for"] for one in page.all("label")} <= set(ids)


def test_an_empty_fleet() -> None:
    page = Page(render(document()))
    assert "No clients: the playbook was run on no host." in page.texts
    assert not page.open
    assert not page.all("table")


def test_a_client_of_which_nothing_is_known() -> None:
    client = example.client(
        "dark", api_url=None, api_version=None, health=None, message_collection=None, restart=None, campaigns=None,
        held_settings=None, drift=None,
    )  # fmt: skip
    assert " ".join(Page(render(document(client))).texts).count("unknown") >= 6


def test_a_finding_of_a_later_version_is_shown_by_its_name() -> None:
    client = example.client("new", example.finding("disk_is_full", "warning", "Make room."))
    assert "Disk is full" in Page(render(document(client))).texts


def test_what_the_template_does_not_get_is_an_error_and_no_empty_place() -> None:
    template, parts = status_page._loaded()
    with pytest.raises(UndefinedError):
        template.render(**parts)


TEXTS = st.one_of(
    st.text(max_size=12),
    st.lists(
        st.sampled_from(["<", ">", '"', "'", "&", "`", "=", "</script>", "<!--", "{{", "}}", "{%", "on", "x"])
    ).map("".join),
)


def mirrored(value: Any, texts: st.DataObject) -> Any:
    """The same document with other texts, wherever people or clients name something."""
    if isinstance(value, dict):
        free = {"name", "api_url", "text", "api_version", "role", "kind", "setting", "declared", "found"}
        return {
            key: texts.draw(TEXTS.map(lambda text: text or "-"))
            if key in free and isinstance(item, str)
            else mirrored(item, texts)
            for key, item in value.items()
        }
    return [mirrored(item, texts) for item in value] if isinstance(value, list) else value


# One client with everything: its campaigns and its drift have each a fixed number.
FULL = example.client(
    "full",
    example.finding("task_failed", "warning", "text"),  # of no command: that depends on the client's name
    campaigns=[example.campaign("one", "2026-11-21T08:00:00Z", "2026-11-25T08:00:00Z")],
    drift=[{"setting": "callback_persist", "declared": "abcdefgh", "found": "12345678"}],
)


@functools.lru_cache(maxsize=None)
def plain_page() -> Page:
    return Page(render(document(FULL)))


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_text_changes_what_the_page_is_made_of(data: st.DataObject) -> None:
    changed = mirrored(document(FULL), data)
    before, after = plain_page(), Page(render(changed))
    loose = {"del", "ins"}  # where two values have something in common, or nothing
    assert [one for one in after.skeleton() if one[0] not in loose] == [
        one for one in before.skeleton() if one[0] not in loose
    ]
    for tag, attributes in after.elements:
        for name in set(attributes) & {"href", "id", "for", "class", "data-flags", "data-level", "data-sort"}:
            assert re.fullmatch(r"[\w#:;, /.-]*", attributes[name]), (tag, name)


@pytest.mark.parametrize("place", ["name", "api_url", "api_version"])
def test_text_is_shown_as_it_is(place: str) -> None:
    hostile = "</script><img src=x onerror=\"alert('1')\">{{ 7 * 7 }}{% raw %}javascript:alert(1)"
    page = Page(render(document(dict(FULL, **{place: hostile}))))
    assert hostile in " ".join(page.texts)
    assert not page.all("img")


def test_what_cannot_be_seen_becomes_a_sign() -> None:
    html = render(document(dict(FULL, name="a\x1b[31mb\u202ec\x00d\ud800")))
    assert "a\u241b[31mb\ufffdc\u2400d\ufffd" in html
    html.encode("utf-8")


def test_two_hundred_clients_take_well_under_a_second() -> None:
    clients = [
        example.client(f"client{number}", campaigns=FULL["campaigns"], drift=FULL["drift"]) for number in range(200)
    ]
    render(document())
    begun = time.process_time()
    html = render(document(*clients))
    assert time.process_time() - begun < 0.8
    assert len(html) < 1_500_000


def test_what_is_carried_inside_is_the_version_that_is_noted() -> None:
    noted = json.loads((FOLDER / "vendored.json").read_text())
    for name, about in noted.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == about["sha256"], name
        assert re.fullmatch(r"\d+\.\d+\.\d+", about["version"])
    assert set(noted) == set(status_page.SCRIPTS) - {"status.js"}


def test_nothing_in_a_script_or_style_ends_it() -> None:
    for name in (*status_page.SCRIPTS, status_page.STYLE):
        assert not re.search(r"</(script|style)|<!--", (FOLDER / name).read_text(), re.IGNORECASE), name
