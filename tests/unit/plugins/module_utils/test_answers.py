# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer means."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._api import responses
from ansible_collections.wabiz.onprem.plugins.module_utils._api.responses import Answer, MalformedAnswer, Rejection


@pytest.mark.parametrize("body", [b"", b"  ", b"null", b"{}", b' {"meta": 5} '])
def test_bodies_that_say_nothing_are_a_success(body: bytes) -> None:
    answer = responses.accepted(200, body)
    assert answer.status == 200
    assert answer.version is None


@pytest.mark.parametrize("version", ["v2.33.4", "2.33.4"])
def test_the_version_is_taken_as_it_comes(version: str) -> None:
    body = ('{"meta": {"version": "%s"}}' % version).encode()
    assert responses.accepted(200, body).version == version


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<html>login</html>", "HTML"),
        (b"{", "something else instead of JSON"),
        (b'{"settings": {', "something else instead of JSON"),
        (b"\xff\xfe", "something else instead of JSON"),
        (b"[" * 100000, "something else instead of JSON"),
        (b'{"a": ' + b"[" * 300 + b"]" * 300 + b"}", "nested more than 50 levels deep"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "nested more than 50 levels deep"),
        (b"[]", "JSON list instead of an object"),
        (b"5", "JSON int instead of an object"),
        (b'{"errors": [{"code": 1014}]}', "API code 1014"),
        (b'{"errors": ["what"]}', "reports success and an error at once"),
    ],
)
def test_a_success_that_cannot_come_from_this_api(body: bytes, problem: str) -> None:
    with pytest.raises(MalformedAnswer, match=problem):
        responses.accepted(200, body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"errors": [{"code": 1005, "title": "Access denied"}]}', 1005),
        (b'{"errors": [{"code": %s}]}' % (b"9" * 4000), None),
        (b'{"errors": [{"code": 1005}, {"code": 1014}]}', 1005),
        (b'{"errors": []}', None),
        (b'{"errors": {"code": 1}}', None),
        (b'{"errors": [{"code": "1005"}]}', None),
        (b'{"errors": [{"code": true}]}', None),
        (b'{"errors": [5]}', None),
        (b"[]", None),
        (b"", None),
        (b"<html>", None),
        (b"\xff", None),
    ],
)
def test_the_code_of_a_rejection(body: bytes, code: int | None) -> None:
    assert responses.refused(400, {}, body).code == code


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("99999999999999", float("inf")),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0),
        ("Thu, 01 Jan 1970 00:00:05 GMT", 0.0),
        ("-3", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("\u0663", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert responses.retry_after_seconds(value, now=10.0) == seconds


@pytest.mark.parametrize(
    ("status", "code", "retryable", "not_executed"),
    [
        (400, 1009, False, True),
        (400, 1011, True, True),
        (400, 1014, True, False),
        (400, 1017, True, True),
        (400, 1018, True, True),
        (401, None, False, True),
        (403, 1005, False, True),
        (404, None, False, True),
        (429, None, True, True),
        (429, 1015, True, True),
        (429, 1009, True, True),
        (302, None, False, True),
        (500, None, True, False),
        (500, 1014, True, False),
        (500, 1005, True, False),
        (501, None, False, False),
        (503, None, True, False),
        (503, 1016, True, True),
        (504, None, True, False),
    ],
)
def test_what_a_rejection_allows(status: int, code: int | None, retryable: bool, not_executed: bool) -> None:
    rejection = Rejection(status, code, None)
    assert (rejection.retryable, rejection.not_executed) == (retryable, not_executed)


def test_dig() -> None:
    answer = Answer(200, {"a": {"b": {"c": 1}}}, None)
    assert responses.dig(answer, "a", "b") == {"c": 1}
    found: Any
    for found in (("a", "x"), ("a", "b", "c"), ("x",)):
        with pytest.raises(MalformedAnswer, match="no {}".format(".".join(found))):
            responses.dig(answer, *found)
