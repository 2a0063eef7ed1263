# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lasts is reported while it lasts, and not afterwards."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.progress import (
    ProgressReporter,
    reporting,
    silent,
    span,
)


def _always(text: str) -> Callable[[float], str]:
    return lambda seconds: text


def _threads() -> int:
    return len(sys._current_frames())


def test_what_lasts_is_reported_again_and_again() -> None:
    shown: list[str] = []
    twice = threading.Event()

    def report(text: str) -> None:
        shown.append(text)
        if len(shown) == 2:
            twice.set()

    with reporting(report, lambda seconds: f"{seconds:.2f}", every=0.02):
        assert twice.wait(10)
    count = len(shown)
    time.sleep(0.1)
    assert len(shown) == count, "not after its end"
    assert 0.02 <= float(shown[0]) < float(shown[1])


def test_what_is_over_at_once_is_not_reported() -> None:
    shown: list[str] = []
    started = time.monotonic()
    with reporting(shown.append, str):
        pass
    assert time.monotonic() - started < 5, "nothing waits for the next line"
    assert shown == []


def test_it_ends_with_an_error_too() -> None:
    shown: list[str] = []
    with pytest.raises(ValueError, match="broken"), reporting(shown.append, str, every=0.02):
        raise ValueError("broken")
    time.sleep(0.1)
    assert shown == []


def test_one_thread_reports_every_wait_and_nothing_between_them() -> None:
    shown: list[str] = []
    again = threading.Event()

    def report(text: str) -> None:
        shown.append(text)
        again.set()

    before = _threads()
    reporter = ProgressReporter(report, every=0.02)
    for name in ("first", "second", "third"):
        again.clear()
        with reporter.waiting(_always(name)):
            assert again.wait(10), f"the {name} wait is reported"
        count = len(shown)
        time.sleep(0.1)
        assert len(shown) == count, f"nothing is reported after the {name} wait"
        assert _threads() == before + 1
    assert list(dict.fromkeys(shown)) == ["first", "second", "third"]
    reporter.close()
    for _dummy in range(500):
        if _threads() == before:
            break
        time.sleep(0.02)
    assert _threads() == before, "the thread has ended"


def test_a_wait_is_reported_from_its_own_beginning() -> None:
    shown: list[str] = []
    reporter = ProgressReporter(shown.append, every=1.0)
    for _dummy in range(6):  # together longer than what is reported, each one by itself shorter
        with reporter.waiting(lambda seconds: f"{seconds:.1f}"):
            time.sleep(0.2)
    assert shown == []
    reporter.close()


def test_without_a_callback_there_is_no_thread() -> None:
    before = _threads()
    reporter = ProgressReporter(silent, every=0.02)
    with reporter.waiting(str):
        assert _threads() == before
    with reporter.waiting(str):
        assert _threads() == before
    reporter.close()


def test_without_a_wait_there_is_no_thread() -> None:
    before = _threads()
    ProgressReporter(print).close()
    assert _threads() == before


@pytest.mark.parametrize(("seconds", "words"), [(8, "at most 52 s more"), (75, "at most 0 s more")])
def test_a_span_never_shows_time_that_has_passed(seconds: float, words: str) -> None:
    assert span(seconds, 60) == f"for {seconds} s, for {words}"
