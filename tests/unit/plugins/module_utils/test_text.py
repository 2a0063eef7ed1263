# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of others before a person sees it: one line, bounded, and nothing that steers a terminal."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless, listed, visible

HOSTILE = "\x1b[2Jnode\nPLAY RECAP *****\r\x9b31m\u202egnp\u2066\u200b\u2028\ud800\U000e0041"
FORBIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def is_clean(text: str) -> bool:
    return not any(unicodedata.category(one) in FORBIDDEN for one in text)


def test_a_hostile_text_becomes_one_line() -> None:
    assert harmless(HOSTILE) == "node PLAY RECAP ***** gnp"


def test_a_hostile_value_keeps_its_place_and_is_seen() -> None:
    shown = visible({"a\nb": [HOSTILE, 5, None, True, ("x", 1.5)]})
    assert list(shown) == ["a\u240ab"]
    assert shown["a\u240ab"][1:] == [5, None, True, ["x", 1.5]]
    assert shown["a\u240ab"][0].startswith("\u241b[2Jnode\u240aPLAY RECAP")
    assert is_clean(shown["a\u240ab"][0])


@given(st.text(), st.integers(2, 50))
def test_any_text(text: str, limit: int) -> None:
    assert is_clean(harmless(text, limit)) and len(harmless(text, limit)) <= limit
    assert is_clean(visible(text)) and len(visible(text)) == len(text)
    assert visible(visible(text)) == visible(text)


def test_a_text_without_end_ends() -> None:
    assert len(harmless("x" * 10**7, 1000)) == 1000
    assert harmless("\x1b[0m" * 10**6 + "x", 10).endswith("\u2026")


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), ("abc", "a, b, 1 more"), (range(30000), "0, 1, 29998 more")]
)
def test_a_list_without_end_ends(items: Any, text: str) -> None:
    assert listed(items, most=2) == text
