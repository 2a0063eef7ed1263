# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials that a client repeats are masked by their value; the collection's own text is not destroyed by that."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.masking import Mask

SECRET = "hunter2/s3cret"


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"Bearer {SECRET}.",
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        quote(SECRET, safe=""),
    ],
)
def test_a_credential_is_masked_in_each_form(text: str) -> None:
    mask = Mask([SECRET])
    for shown in (mask.sentence(text, 100), str(mask.data({"a": [{"b": text}], text: 1}))):
        assert text not in shown and "***" in shown


def test_what_is_joined_by_taking_characters_out_is_masked() -> None:
    assert Mask([SECRET]).sentence("hunter2\x1b[0m/s3cret", 100) == "***"


def test_a_credential_that_is_learned_later() -> None:
    secrets: list[str] = []
    mask = Mask(secrets)
    assert mask.text("t0ken") == "t0ken"
    secrets.append("t0ken")
    assert mask.text("t0ken") == "***"


def test_a_short_credential_is_masked_as_a_word_alone() -> None:
    assert Mask(["a"]).sentence("a client has a name", 100) == "*** client has *** name"
    assert Mask(["on"]).data({"status": "connected", "value": "on"}) == {"status": "connected", "value": "***"}


def test_a_credential_that_is_a_word_of_ours() -> None:
    mask = Mask(["connected", "settings", "1011"], own_words={"connected"})
    assert mask.data({"settings": {"status": "connected", "text": "connected: settings"}}) == {
        "settings": {"status": "connected", "text": "***: ***"}
    }
    error = {"code": 1011, "method": "GET", "status": 503, "title": "settings", "doing": "read the settings"}
    assert mask.error(error) == {**error, "doing": "read the ***"}


@pytest.mark.parametrize(("value", "shown"), [(471100, "***"), (4711.5, "***"), (5, 5), (True, True), (None, None)])
def test_a_credential_that_comes_back_as_a_number(value: Any, shown: Any) -> None:
    assert Mask(["471100", "4711.5", "True"]).data(value) == shown


def test_no_credential_no_change() -> None:
    assert Mask([]).data({"a": ["b", 1]}) == {"a": ["b", 1]}
    assert Mask([""]).text("abc") == "abc"
