# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rehearsal goes the way of a real request, to its end, without a network; what fails in it harms nobody."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils import _http
from ansible_collections.wabiz.onprem.plugins.plugin_utils import rehearsal


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the rehearsal used the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_every_request_has_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[_http.RawAnswer] = []
    send = _http.Transport.send

    def noted(self: _http.Transport, *args: Any) -> _http.RawAnswer:
        answers.append(send(self, *args))
        return answers[-1]

    monkeypatch.setattr(_http.Transport, "send", noted)
    rehearsal.make_requests()
    assert [(answer.status, answer.body) for answer in answers] == [(200, b"{}")] * rehearsal.TIMES


def test_no_socket_is_left_open(recwarn: pytest.WarningsRecorder) -> None:
    rehearsal.make_requests()
    assert [str(one.message) for one in recwarn if issubclass(one.category, ResourceWarning)] == []


def test_the_handshake_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str | None] = []
    wrap = ssl.SSLContext.wrap_bio

    def noted(self: ssl.SSLContext, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        wrapped = wrap(self, *args, **kwargs)
        begun.append(wrapped.server_hostname)
        return wrapped

    monkeypatch.setattr(ssl.SSLContext, "wrap_bio", noted)
    rehearsal.say_hello()
    assert begun == ["localhost"]


@pytest.mark.parametrize("part", ["say_hello", "make_requests"])
def test_what_fails_in_it_harms_nobody(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def broken() -> None:
        tried.append(part)
        raise RuntimeError("another version of a library")

    monkeypatch.setattr(rehearsal, part, broken)
    rehearsal.rehearse()
    assert tried == [part]


def test_without_requests_nothing_is_rehearsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected() -> None:
        raise AssertionError("rehearsed")

    monkeypatch.setattr(_http, "REQUESTS_IMPORT_ERROR", ImportError())
    monkeypatch.setattr(rehearsal.contextlib, "suppress", unexpected)
    rehearsal.rehearse()
