# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be shown of URLs and secrets."""

from __future__ import annotations

import re

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common import redaction

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


SECRETS = [
    "/services/T0/B0/s3cret",
    "/s3cret",
    "/cb%3Ftoken%3Ds3cret",
    "/cb&token=s3cret",
    "/cb;token=s3cret",
    "?sig%3Ds3cret%26v=1",
    "?auth=s3cret",
    "?s3cret",
    "?a=b=s3cret",
    "?=s3cret",
    "#s3cret",
    "/#s3cret",
    "//s3cret",
    "/***/s3cret",
    "/s3cret/***",
    "/***<s3cret>",
]


@pytest.mark.parametrize("place", ["https://h.example", "https://h.example:8443", "https://[2001:db8::1]:8443"])
@pytest.mark.parametrize("rest", SECRETS)
@pytest.mark.parametrize("user", ["", "user:s3cret@", "s3cret@", "u:s3@s3cret@"])
def test_of_a_url_scheme_and_host_are_shown(place: str, rest: str, user: str) -> None:
    url = place.replace("//", f"//{user}") + rest
    assert redaction.redact_url(url) == f"{place}/***"
    shown = redaction.redact_url(url, KEY)
    assert re.fullmatch(re.escape(place) + r"/\*\*\*<[0-9a-f]{8}>", shown or "")


@pytest.mark.parametrize("url", ["https://h.example", "https://h.example/", "https://H.example:8443/", "", None])
def test_a_url_of_scheme_and_host_is_shown_whole(url: str | None) -> None:
    assert redaction.redact_url(url) == redaction.redact_url(url, KEY) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://user:s/3@h.example/",  # a slash in a password: nothing can be distinguished
        "https://h.example/s3 s3",
        "https://h.example\\@s3",
        "not a url",
        "https:s3@h.example",
        "https://",
        "https://h.example:s3/",
        "https://[s3/",
        "https://[2001:db8::1];s3",
        "https://[2001:db8::1]s3:1/",
        "https://h.example/\ud800s3",
    ],
)
def test_what_cannot_be_taken_apart_is_hidden(url: str) -> None:
    assert redaction.redact_url(url) == "***"
    assert re.fullmatch(r"\*\*\*<[0-9a-f]{8}>", redaction.redact_url(url, KEY) or "")


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("url", ["https://u:p@h.example/a;b?c=d&e#f", "not a url"])
def test_what_is_shown_is_shown_as_it_is(url: str, key: bytes | None) -> None:
    shown = redaction.redact_url(url, key)
    assert shown and redaction.redact_url(shown) == redaction.redact_url(shown, OTHER_KEY) == shown
    assert redaction.is_redacted(shown)
    assert redaction.redact_api_url("https://wa.example/p") == "https://wa.example/p"


def test_a_fingerprint_needs_its_key() -> None:
    one, other = "https://h.example/one", "https://h.example/two"
    assert redaction.redact_url(one, KEY) == redaction.redact_url(one, KEY)
    assert len({redaction.redact_url(url, key) for url in (one, other) for key in (KEY, OTHER_KEY)}) == 4


def test_what_a_shown_url_stands_for() -> None:
    one, other = "https://h.example/one", "https://h.example/two"
    shown, short = redaction.redact_url(one, KEY) or "", redaction.redact_url(one) or ""
    assert redaction.stands_for(shown, one, KEY) and redaction.stands_for(short, one, KEY)
    assert redaction.stands_for(short, other, None)  # as far as can be known
    assert not redaction.stands_for(shown, other, KEY)
    assert not redaction.stands_for(shown, one, None) and not redaction.stands_for(shown, one, OTHER_KEY)
    assert not redaction.stands_for(short, "https://other.example/one", None)
    assert not redaction.stands_for(short, None, None) and not redaction.stands_for("https://h.example/x***", one, None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("https://h.example?auth=one", "https://h.example?auth=two"),
        ("https://u:one@h.example", "https://u:two@h.example"),
        ("https://h.example?one", "https://h.example?two"),
        ("https://h.example?a=one", "https://h.example?a=***"),
        ("one one", "two two"),
        ("***", "one one"),
    ],
)
def test_a_change_of_only_the_secret_stays_visible(before: str, after: str) -> None:
    shown = redaction.redact_url_pair(before, after)
    assert shown[0] != shown[1]
    assert "one" not in str(shown) and "two" not in str(shown)


def test_equal_urls_are_shown_equal() -> None:
    pair = redaction.redact_url_pair("https://h.example?a=1", "https://h.example?a=1")
    assert pair == ("https://h.example/***", "https://h.example/***")


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (None, "x", (None, "***")),
        ("x", None, ("***", None)),
        ("x", "x", ("***", "***")),
        ("x", "y", ("***", "*** (changed)")),
        (None, None, (None, None)),
    ],
)
def test_a_hidden_pair(before: str | None, after: str | None, shown: tuple[str | None, str | None]) -> None:
    assert redaction.hide_pair(before, after) == shown


def test_hidden_values_keep_their_names() -> None:
    assert redaction.hide_values({"a": 1, 2: "b"}) == {"a": "***", "2": "***"}  # type: ignore[dict-item]
    assert redaction.hide_values(None) is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://wa.example:9090/", "https://wa.example:9090"),
        ("https://wa.example/client1", "https://wa.example/client1"),
        ("https://u:s3@wa.example/c?s3#s3", "https://wa.example/c"),
        ("https://wa.example/c;s3", "https://wa.example/c;***"),
        ("nonsense", "(unreadable URL)"),
    ],
)
def test_the_name_of_a_client_has_no_secret(url: str, name: str) -> None:
    assert redaction.client_name(url) == name


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://wa.example:9090/client1", "https://wa.example:9090/client1"),
        ("https://user:s3cret@wa.example", "https://wa.example/***"),
        ("https://wa.example/s3cret?x", "https://wa.example/***"),
        ("s3cret", "***"),
        ("https://u:s/3cret@wa.example", "***"),
    ],
)
def test_the_url_of_an_api_is_shown_without_secrets(url: str, shown: str) -> None:
    assert redaction.redact_api_url(url) == shown
