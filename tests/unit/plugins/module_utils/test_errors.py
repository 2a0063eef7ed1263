# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences of failures."""

from __future__ import annotations

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import (
    API_ERRORS,
    CallError,
    InputError,
    OnPremError,
    api_advice,
    api_title,
)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (InputError("x must be 1"), "x must be 1."),
        (InputError("x must be 1.", "Do y."), "x must be 1. Do y."),
        (InputError("x", client="https://c"), "Client https://c: x."),
        (CallError("it broke", doing="read it"), "Could not read it: it broke."),
        (
            CallError("it broke", "Do y.", doing="read it", client="https://c"),
            "Could not read it of https://c: it broke. Do y.",
        ),
    ],
)
def test_one_sentence_and_what_to_do(error: OnPremError, text: str) -> None:
    assert str(error) == text
    assert error.as_result()["msg"] == text


def test_the_result_holds_what_is_known_and_nothing_else() -> None:
    error = CallError("p", "a", "read", "https://c", "GET", "/v1/x", 403, 1005, True)
    assert error.as_result()["error"] == {
        "doing": "read",
        "client": "https://c",
        "method": "GET",
        "path": "/v1/x",
        "status": 403,
        "code": 1005,
        "title": "Access denied",
        "outcome_unknown": True,
    }
    assert InputError("p").as_result()["error"] == {}


@pytest.mark.parametrize("code", [None, 9999, 0])
def test_unpublished_codes_have_no_title(code: int | None) -> None:
    assert (api_title(code), api_advice(code)) == ("", "")


def test_the_titles_are_those_of_the_published_list() -> None:
    assert {1005, 1009, 1010, 1011, 1014, 1017, 1018, 1024, 1025} <= set(API_ERRORS)
    assert api_title(1024) == "Password change required"
    assert "new_password" in api_advice(1024)
