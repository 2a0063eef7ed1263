# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lasts is told of while it lasts, and not afterwards."""

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


def test_what_lasts_is_told_again_and_again() -> None:
    told: list[str] = []
    twice = threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        if len(told) == 2:
            twice.set()

    with reporting(tell, lambda seconds: f"{seconds:.2f}", every=0.02):
        assert twice.wait(10)
    count = len(told)
    time.sleep(0.1)
    assert len(told) == count, "not after its end"
    assert 0.02 <= float(told[0]) < float(told[1])


def test_what_is_over_at_once_is_not_told_of() -> None:
    told: list[str] = []
    started = time.monotonic()
    with reporting(told.append, str):
        pass
    assert time.monotonic() - started < 5, "nobody waits for the next word"
    assert told == []


def test_it_ends_with_an_error_too() -> None:
    told: list[str] = []
    with pytest.raises(ValueError, match="broken"), reporting(told.append, str, every=0.02):
        raise ValueError("broken")
    time.sleep(0.1)
    assert told == []


def test_one_thread_tells_of_every_wait_and_of_none_between_them() -> None:
    told: list[str] = []
    again = threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        again.set()

    before = _threads()
    reporter = ProgressReporter(tell, every=0.02)
    for name in ("first", "second", "third"):
        again.clear()
        with reporter.waiting(_always(name)):
            assert again.wait(10), f"the {name} wait is told of"
        count = len(told)
        time.sleep(0.1)
        assert len(told) == count, f"nothing is told after the {name} wait"
        assert _threads() == before + 1
    assert list(dict.fromkeys(told)) == ["first", "second", "third"]
    reporter.close()
    for _dummy in range(500):
        if _threads() == before:
            break
        time.sleep(0.02)
    assert _threads() == before, "the thread has ended"


def test_a_wait_is_told_of_from_its_own_beginning() -> None:
    told: list[str] = []
    reporter = ProgressReporter(told.append, every=1.0)
    for _dummy in range(6):  # together longer than what is told of, each one by itself shorter
        with reporter.waiting(lambda seconds: f"{seconds:.1f}"):
            time.sleep(0.2)
    assert told == []
    reporter.close()


def test_where_there_is_nobody_to_tell_there_is_no_thread() -> None:
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
def test_a_span_never_tells_of_time_that_has_passed(seconds: float, words: str) -> None:
    assert span(seconds, 60) == f"for {seconds} s, for {words}"
