# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lasts is told of while it lasts, and not afterwards."""

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._telling import Telling, span


def test_what_lasts_is_told_again_and_again() -> None:
    told: list[str] = []
    twice = threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        if len(told) == 2:
            twice.set()

    with Telling(tell, lambda seconds: f"{seconds:.2f}", every=0.02):
        assert twice.wait(10)
    count = len(told)
    time.sleep(0.1)
    assert len(told) == count, "not after its end"
    assert 0.02 <= float(told[0]) < float(told[1])


def test_what_is_over_at_once_is_not_told_of() -> None:
    told: list[str] = []
    started = time.monotonic()
    with Telling(told.append, str):
        pass
    assert time.monotonic() - started < 5, "nobody waits for the next word"
    assert told == []


def test_it_ends_with_an_error_too() -> None:
    told: list[str] = []
    with pytest.raises(ValueError, match="broken"), Telling(told.append, str, every=0.02):
        raise ValueError("broken")
    time.sleep(0.1)
    assert told == []


@pytest.mark.parametrize(("seconds", "words"), [(8, "at most 52 s more"), (75, "at most 0 s more")])
def test_a_span_never_tells_of_time_that_has_passed(seconds: float, words: str) -> None:
    assert span(seconds, 60) == f"for {seconds} s, for {words}"
