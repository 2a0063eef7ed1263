# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of one client over a transport that answers from a list; the clock moves by what is slept."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._api.client import LOGIN, LOGOUT, Client
from ansible_collections.wabiz.onprem.plugins.module_utils._api.http import RawAnswer, TransportError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError, ReadOnlyError

PATH = "/v1/settings/application"
OK = (200, {"meta": {"version": "2.53.1"}})
LOGGED_IN = (200, {"users": [{"token": "t0ken"}]})


class Wire:
    """Answers in their order; what was sent, with which headers and limits."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[Any] = []
        self.limits: list[float] = []
        self.slept: list[float] = []
        self.now = 100.0
        self.closed = False

    def send(self, method: str, path: str, headers: Any, body: Any, time_limit: float) -> RawAnswer:
        self.calls.append((method, path))
        self.headers.append(dict(headers))
        self.bodies.append(body)
        self.limits.append(time_limit)
        answer = self.answers.pop(0)
        if isinstance(answer, TransportError):
            raise answer
        status, data, *rest = answer
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        return RawAnswer(status, rest[0] if rest else {}, body)

    def close(self) -> None:
        self.closed = True

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def client_on(wire: Wire, **options: Any) -> Client:
    options = {"username": "admin", "password": "p\u00e4ss", "read_only": False, **options}
    return Client(wire, "https://c", clock=lambda: wire.now, sleep=wire.sleep, **options)


def with_token(wire: Wire, **options: Any) -> Client:
    return client_on(wire, token="given", **options)


def test_login_call_logout() -> None:
    wire = Wire(LOGGED_IN, OK, OK, OK)
    with client_on(wire) as client:
        client.get(PATH, "read")
        client.patch(PATH, {"a": 1}, "change")
    assert wire.calls == [("POST", LOGIN), ("GET", PATH), ("PATCH", PATH), ("POST", LOGOUT)]
    scheme, encoded = wire.headers[0]["Authorization"].split()
    assert (scheme, base64.b64decode(encoded).decode()) == ("Basic", "admin:p\u00e4ss")
    assert {headers["Authorization"] for headers in wire.headers[1:]} == {"Bearer t0ken"}
    assert wire.bodies == [None, None, b'{"a": 1}', None]
    assert wire.headers[2]["Content-Type"] == "application/json"
    assert "Content-Type" not in wire.headers[1]
    assert wire.closed


def test_a_given_token_is_used_as_it_is() -> None:
    wire = Wire(OK)
    with with_token(wire) as client:
        client.get(PATH, "read")
    assert wire.calls == [("GET", PATH)]
    assert wire.headers[0]["Authorization"] == "Bearer given"


def test_an_api_key() -> None:
    wire = Wire(OK)
    with client_on(wire, api_key="k3y") as client:
        client.get(PATH, "read")
    assert wire.headers[0]["Authorization"] == "Apikey k3y"
    assert wire.calls == [("GET", PATH)]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, CallError])
def test_a_login_is_logged_out_after_a_failure_too(error: Any) -> None:
    wire = Wire(LOGGED_IN, OK, OK)
    with pytest.raises(error), client_on(wire) as client:
        client.get(PATH, "read")
        raise error("x")
    assert wire.calls[-1] == ("POST", LOGOUT)
    assert wire.closed


@pytest.mark.parametrize("verb", ["patch", "post", "put", "delete"])
def test_read_only_refuses_every_write_before_anything_is_sent(verb: str) -> None:
    wire = Wire()
    with pytest.raises(ReadOnlyError, match=verb.upper()), client_on(wire, read_only=True) as client:
        getattr(client, verb)(PATH, *([{}] if verb in ("patch", "post") else []), "write")
    assert wire.calls == []


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_client_that_is_not_there_yet_is_tried_again(status: int) -> None:
    wire = Wire((status, b""), (status, b"<html>"), OK)
    with with_token(wire) as client:
        client.get(PATH, "read")
    assert len(wire.slept) == 2
    assert 0.375 <= wire.slept[0] <= 0.625 and 0.75 <= wire.slept[1] <= 1.25


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_rejection_is_final(status: int) -> None:
    wire = Wire((status, {"errors": [{"code": 1009, "details": "s3cret"}]}))
    with pytest.raises(CallError) as caught, with_token(wire) as client:
        client.patch(PATH, {"a": "s3cret"}, "change a")
    assert (caught.value.status, caught.value.code, caught.value.outcome_unknown) == (status, 1009, False)
    assert "Could not change a of https://c: PATCH /v1/settings/application answered" in str(caught.value)
    assert "API code 1009 (Parameter value is not valid)" in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(("header", "pause"), [("3", 3.0), ("0", 0.5), ("soon", None)])
def test_retry_after(header: str, pause: float | None) -> None:
    wire = Wire((429, b"", {"Retry-After": header}), OK)
    with with_token(wire) as client:
        client.patch(PATH, {}, "change")
    assert len(wire.slept) == 1
    assert wire.slept[0] == pause if pause else 0.375 <= wire.slept[0] <= 0.625


@pytest.mark.parametrize("header", ["60", "99999999999999"])
def test_a_wait_beyond_the_deadline_is_not_begun(header: str) -> None:
    wire = Wire((429, b"", {"Retry-After": header}))
    with pytest.raises(CallError, match="429"), with_token(wire, retry_timeout=60) as client:
        client.get(PATH, "read")
    assert wire.slept == []


def test_all_calls_of_a_task_share_one_deadline() -> None:
    wire = Wire(*[(503, b"")] * 100)
    with pytest.raises(CallError, match="503"), with_token(wire, retry_timeout=20, timeout=10) as client:
        client.get(PATH, "read")
    with pytest.raises(CallError, match="503"):
        client.get(PATH, "read")
    assert wire.now - 100.0 <= 20
    assert all(0 < limit <= 10 for limit in wire.limits)


def test_time_is_kept_back_for_the_logout() -> None:
    wire = Wire(LOGGED_IN, OK)
    client = client_on(wire, retry_timeout=0, timeout=8)
    client.get(PATH, "read")
    assert wire.limits == [6.0, 6.0]
    wire.answers = [OK]
    wire.now += 7
    client.close()
    assert wire.limits[-1] == 1.0


@pytest.mark.parametrize(
    ("verb", "sent", "repeated"),
    [("patch", True, True), ("delete", True, True), ("put", True, False), ("put", False, True), ("post", True, False)],
)
def test_a_lost_answer_is_only_repeated_where_that_is_safe(verb: str, sent: bool, repeated: bool) -> None:
    problem = TransportError("cut")
    problem.never_sent = not sent
    wire = Wire(problem, OK)
    arguments = [{}] if verb in ("patch", "post") else []
    with with_token(wire) as client:
        if repeated:
            getattr(client, verb)(PATH, *arguments, "write")
            return
        with pytest.raises(CallError) as caught:
            getattr(client, verb)(PATH, *arguments, "write")
    assert caught.value.outcome_unknown
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    ("answers", "unknown"),
    [
        ([(400, b"")], False),
        ([(503, b""), (400, b"")], True),
        ([TransportError("cut"), (400, b"")], True),
        ([(200, b"<html>")], True),
        ([(400, {"errors": [{"code": 1011}]}), (400, {"errors": [{"code": 1009}]})], False),
    ],
)
def test_whether_the_outcome_of_a_write_is_known(answers: list[Any], unknown: bool) -> None:
    with pytest.raises(CallError) as caught, with_token(Wire(*answers)) as client:
        client.patch(PATH, {}, "change")
    assert caught.value.outcome_unknown is unknown


@pytest.mark.parametrize("last", [(400, b""), TransportError("refused", retryable=False)])
def test_an_unknown_outcome_is_not_forgotten_at_the_next_login(last: Any) -> None:
    wire = Wire(LOGGED_IN, (503, b""), (401, b""), LOGGED_IN, last, OK, OK)
    with pytest.raises(CallError) as caught, client_on(wire) as client:
        client.patch(PATH, {}, "change")
    assert caught.value.outcome_unknown


def test_a_session_that_has_ended_is_begun_once_more() -> None:
    wire = Wire(LOGGED_IN, (401, b""), LOGGED_IN, OK, OK, OK)
    with client_on(wire) as client:
        client.get(PATH, "read")
    assert [call[1] for call in wire.calls] == [LOGIN, PATH, LOGIN, PATH, LOGOUT, LOGOUT]


@pytest.mark.parametrize(
    ("options", "answers", "advice"),
    [
        ({}, [(401, b"")], "Username or password is wrong"),
        ({}, [(401, {"errors": [{"code": 1024}]})], "The first login is still pending"),
        ({"token": "t"}, [(401, b"")], "The token is not valid or has expired"),
        ({"api_key": "k"}, [(401, b"")], "The API key is not valid"),
        ({"token": "t"}, [(403, {"errors": [{"code": 1005}]})], "Settings need the admin account"),
        ({"token": "t"}, [(403, b"")], "Settings need the admin account"),
        ({"token": "t"}, [(404, b"")], "does not look like an On-Premises client"),
        ({"token": "t"}, [(302, b"")], "Redirects are not followed"),
        ({"token": "t"}, [(418, b"")], "look into their logs"),
    ],
)
def test_what_to_do(options: dict[str, Any], answers: list[Any], advice: str) -> None:
    with pytest.raises(CallError, match=advice), client_on(Wire(*answers), **options) as client:
        client.get(PATH, "read")


@pytest.mark.parametrize(
    "data",
    [{}, {"users": []}, {"users": [{}]}, {"users": [{"token": 5}]}, {"users": [{"token": "a\nb"}]}, {"users": "x"}],
)
def test_a_login_without_a_token(data: Any) -> None:
    with pytest.raises(CallError, match="the answer has no token") as caught, client_on(Wire((200, data))) as client:
        client.get(PATH, "read")
    assert not caught.value.outcome_unknown


def test_a_logout_that_fails_is_reported_and_fails_nothing() -> None:
    shown: list[str] = []
    wire = Wire(LOGGED_IN, OK, (403, b""))
    with client_on(wire, warn=shown.append) as client:
        client.get(PATH, "read")
    assert len(shown) == 1
    assert "may live on" in shown[0] and "t0ken" not in shown[0]


def test_waiting_is_reported_without_secrets() -> None:
    shown: list[str] = []
    wire = Wire(LOGGED_IN, (503, b'{"a": "s3cret"}'), OK, OK)
    with client_on(wire, progress=shown.append) as client:
        client.get(PATH, "read")
    assert len(shown) == 1
    assert "trying again in" in shown[0]
    assert not any(word in shown[0] for word in ("s3cret", "t0ken", "p\u00e4ss"))
