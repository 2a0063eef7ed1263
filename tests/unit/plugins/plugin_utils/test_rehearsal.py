# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rehearsal goes the way of a real task, to its end, without a network; what fails in it harms nobody."""

from __future__ import annotations

import socket
import ssl
import sys
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._api import http
from ansible_collections.wabiz.onprem.plugins.plugin_utils import rehearsal
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import perform_task


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the rehearsal used the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_it_is_a_whole_task_that_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str, int]] = []
    send = http.Transport.send

    def noted(self: http.Transport, method: str, path: str, *args: Any) -> http.RawAnswer:
        answer = send(self, method, path, *args)
        sent.append((method, path, answer.status))
        return answer

    monkeypatch.setattr(http.Transport, "send", noted)
    answer = rehearsal.perform_one(perform_task)
    assert not answer.get("failed"), answer
    assert answer["changed"] is False and answer["settings"]["callback_backoff_delay_ms"] == 3000
    assert sent == [
        ("POST", "/v1/users/login", 200),
        ("GET", "/v1/settings/application", 200),
        ("POST", "/v1/users/logout", 200),
    ]


def test_it_happens_a_few_times() -> None:
    performed: list[Any] = []
    rehearsal.rehearse(lambda *args, **kwargs: performed.append(args))
    assert len(performed) == rehearsal.TIMES


def test_nothing_of_it_is_left(recwarn: pytest.WarningsRecorder) -> None:
    """Workers are forked afterwards: no thread may be at work, and no socket open."""
    threads = len(sys._current_frames())
    assert not rehearsal.perform_one(perform_task).get("failed")
    assert len(sys._current_frames()) == threads
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


def test_what_fails_in_it_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def broken(*args: Any, **kwargs: Any) -> None:
        tried.append("broken")
        raise RuntimeError("another version of a library")

    monkeypatch.setattr(rehearsal, "say_hello", broken)
    rehearsal.rehearse(broken)
    assert tried == ["broken", "broken"]


def test_without_requests_nothing_is_rehearsed(monkeypatch: pytest.MonkeyPatch) -> None:
    performed: list[Any] = []
    monkeypatch.setattr(http, "REQUESTS_IMPORT_ERROR", ImportError())
    rehearsal.rehearse(lambda *args, **kwargs: performed.append(args))
    assert performed == []
