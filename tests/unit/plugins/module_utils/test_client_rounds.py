# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rounds of a task that waits: one login, a deadline for each; and what a failure says about trying again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._api.client import LOGIN, LOGOUT, Client
from ansible_collections.wabiz.onprem.plugins.module_utils._api.http import RawAnswer, TransportError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError

HEALTH = "/v1/health"


class Wire:
    """A transport that answers from a list and moves the clock by what each answer takes."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.now = 0.0
        self.takes = 0.0
        self.sent: list[tuple[str, str]] = []
        self.limits: list[float] = []

    def send(self, method: str, path: str, headers: Any, body: Any, time_limit: float) -> RawAnswer:
        self.sent.append((method, path))
        self.limits.append(time_limit)
        self.now += self.takes
        if path == LOGIN:
            return RawAnswer(200, {}, b'{"users": [{"token": "abc"}]}')
        if path == LOGOUT:
            return RawAnswer(200, {}, b"{}")
        status, content = self.answers.pop(0)
        if isinstance(content, TransportError):
            raise content
        return RawAnswer(status, {}, content if isinstance(content, bytes) else json.dumps(content).encode())

    def close(self) -> None:
        pass


def client_on(wire: Wire, **options: Any) -> Client:
    def sleep(seconds: float) -> None:
        wire.now += seconds

    options = {"username": "admin", "password": "p", "timeout": 30, "retry_timeout": 60, **options}
    return Client(wire, "https://client1.example.com", clock=lambda: wire.now, sleep=sleep, **options)


def test_each_round_has_its_own_deadline_and_all_have_one_login() -> None:
    wire = Wire((503, {}), (200, {}), (200, {}))
    with client_on(wire) as client:
        client.renew_deadline(0, 8)
        with pytest.raises(CallError):
            client.get(HEALTH, "look")
        for _dummy in range(2):
            wire.now += 500  # far beyond the first deadline
            client.renew_deadline(0, 8)
            client.get(HEALTH, "look")
    assert wire.sent == [("POST", LOGIN), *[("GET", HEALTH)] * 3, ("POST", LOGOUT)]
    assert max(wire.limits) <= 8


def test_without_a_new_round_the_deadline_stays() -> None:
    wire = Wire((200, {}), (200, {}))
    with client_on(wire) as client:
        client.get(HEALTH, "look")
        wire.now += 500
        with pytest.raises(CallError, match="no time is left"):
            client.get(HEALTH, "look")


def test_a_round_counts_login_and_calls_together() -> None:
    wire = Wire((200, {}))
    wire.takes = 3
    with client_on(wire) as client:
        client.renew_deadline(0, 8)
        client.get(HEALTH, "look")
    assert wire.limits == [6.0, 3.0, 2.0]  # 2 seconds are kept for the logout


@pytest.mark.parametrize(
    ("status", "content", "retryable"),
    [
        (503, b"", True),
        (500, {"errors": [{"code": 1014}]}, True),
        (400, {"errors": [{"code": 1011}]}, True),
        (400, {"errors": [{"code": 1017}]}, True),
        (429, b"", True),
        (0, TransportError("the connection was refused"), True),
        (0, TransportError("the certificate is not trusted", retryable=False), False),
        (401, b"", False),
        (403, {"errors": [{"code": 1005}]}, False),
        (404, b"", False),
        (200, b"<html>", False),
    ],
)
def test_a_failure_says_whether_it_may_pass(status: int, content: Any, retryable: bool) -> None:
    wire = Wire((status, content))
    with client_on(wire, token="t", retry_timeout=0) as client, pytest.raises(CallError) as caught:
        client.get(HEALTH, "look")
    assert caught.value.retryable is retryable
    assert "retryable" not in caught.value.as_result()["error"]


@pytest.mark.parametrize(("method", "unknown"), [("get", False), ("post", True), ("put", True)])
def test_a_success_that_is_unreadable_leaves_a_write_unknown(method: str, unknown: bool) -> None:
    wire = Wire((200, b"<html>"))
    arguments = {"get": (), "put": (), "post": ([],)}[method]
    with client_on(wire, token="t", read_only=False) as client, pytest.raises(CallError) as caught:
        getattr(client, method)("/v1/x", *arguments, "do it")
    assert caught.value.outcome_unknown is unknown


def test_an_expired_token_says_what_to_do() -> None:
    wire = Wire((401, b""))
    with client_on(wire, token="t") as client, pytest.raises(CallError) as caught:
        client.get(HEALTH, "look")
    assert "The token is not valid or has expired" in str(caught.value)
    assert wire.sent == [("GET", HEALTH)]


@pytest.mark.parametrize(("limit", "tries"), [(0, 1), (None, 3)])
def test_a_refused_connection_at_first_contact_has_a_limit_of_its_own(limit: float | None, tries: int) -> None:
    refused = TransportError("the connection was refused")
    refused.never_sent = refused.refused = True
    wire = Wire((0, refused), (0, refused), (200, {}))
    with client_on(wire, token="t", first_contact_timeout=limit) as client:
        if limit is None:
            client.get("/v1/x", "read")
        else:
            with pytest.raises(CallError, match=r"refused"):
                client.get("/v1/x", "read")
    assert len(wire.sent) == tries
