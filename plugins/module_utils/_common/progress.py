# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Progress of long waits: a line every few seconds while a call does not return."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Callable, Iterator, Optional, Tuple

REPORT_EVERY = 8.0  # seconds; a busy machine may take two more until the line is on the screen

Words = Callable[[float], str]  # the line to show after so many seconds


def silent(text: str) -> None:
    """No-op progress callback."""


class ProgressReporter:
    """Reports every few seconds what is being waited for, in a thread, as the wait itself is a call that does not return.

    One thread for all waits, started with the first one and ended by ``close``.

    :arg report: shows a line to the user; for ``silent`` there is no thread.
    """

    def __init__(self, report: Callable[[str], None], every: float = REPORT_EVERY) -> None:
        self._report, self._every = report, every
        self._wait: Optional[Tuple[Words, float]] = None  # the present wait, and since when
        self._lock = threading.Lock()  # a wait that is over is not reported
        self._news = threading.Event()  # a wait has begun while the thread was idle, or the reporter is closed
        self._idle = self._closed = False
        self._thread: Optional[threading.Thread] = None

    @contextlib.contextmanager
    def waiting(self, words: Words) -> Iterator[None]:
        """What is done inside is reported, and not any more once it is over."""
        if self._report is silent:
            yield
            return
        with self._lock:
            self._wait = (words, time.monotonic())
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            elif self._idle:  # otherwise it wakes up by itself, for an earlier wait, and before this one is due
                self._news.set()
        try:
            yield
        finally:
            with self._lock:
                self._wait = None

    def close(self) -> None:
        """Ends the thread, without waiting for it: it reports nothing any more."""
        with self._lock:
            self._closed = True
            self._news.set()

    def _work(self) -> None:
        due = time.monotonic() + self._every
        while not self._closed:
            with self._lock:
                self._idle = self._wait is None
            self._news.wait(None if self._idle else max(0.0, due - time.monotonic()))
            self._news.clear()
            with self._lock:
                now = time.monotonic()
                due = now + self._every
                if self._wait is not None and not self._closed:
                    words, since = self._wait
                    if now - since >= self._every:
                        self._report(words(now - since))
                    else:
                        due = since + self._every


@contextlib.contextmanager
def reporting(report: Callable[[str], None], words: Words, every: float = REPORT_EVERY) -> Iterator[None]:
    """A single wait, with a thread of its own."""
    reporter = ProgressReporter(report, every)
    try:
        with reporter.waiting(words):
            yield
    finally:
        reporter.close()


def span(seconds: float, limit: float) -> str:
    """How long a wait has lasted, and how long it may last."""
    return f"for {seconds:.0f} s, for at most {max(0.0, limit - seconds):.0f} s more"
