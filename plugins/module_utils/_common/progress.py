# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Telling how long something lasts while it lasts, so that nobody is left without a word for more than ten seconds."""

from __future__ import annotations

import _thread
import contextlib
import threading
import time
from typing import Callable, Iterator

TELL_EVERY = 8.0  # seconds; a busy machine may take two more until the word is on the screen

Words = Callable[[float], str]  # what to tell after so many seconds


def silent(text: str) -> None:
    """Where there is nobody to tell."""


class Teller:
    """Tells every few seconds what is being waited for, in a thread, as the work itself is in a call that does not return.

    One thread for all waits, begun with the first one and ended by ``close``, and made without ``threading.Thread``, which
    costs a worker of Ansible as much as a request: in a fleet most waits are over within milliseconds.

    :arg tell: shows a text to the user; for ``silent`` there is no thread.
    """

    def __init__(self, tell: Callable[[str], None], every: float = TELL_EVERY) -> None:
        self._tell, self._every = tell, every
        self._words: Words | None = None  # of the present wait
        self._since = self._due = 0.0
        self._begun = self._asleep = self._over = False
        self._heard = tell is not silent
        self._state = threading.Lock()  # for all of the above
        self._alarm = threading.Lock()  # released to wake the thread up
        self._alarm.acquire()  # pylint: disable=consider-using-with

    @contextlib.contextmanager
    def waiting(self, words: Words) -> Iterator[None]:
        """What is done inside is told of, and not any more once it is over."""
        with self._state:
            self._words, self._since = words, time.monotonic()
            self._due = self._since + self._every
            if self._heard and not self._begun:
                self._begun = True
                _thread.start_new_thread(self._work, ())
            elif self._asleep:  # otherwise it wakes up by itself, for an earlier wait, and before this one is due
                self._wake()
        try:
            yield
        finally:
            with self._state:
                self._words = None

    def close(self) -> None:
        """Ends the thread; nobody waits for that, as it tells nothing any more."""
        with self._state:
            self._over = True
            self._wake()

    def _wake(self) -> None:
        self._asleep = False
        if self._alarm.locked():
            self._alarm.release()

    def _work(self) -> None:
        while not self._over:
            with self._state:
                self._asleep = self._words is None
                pause = -1 if self._asleep else max(0.0, self._due - time.monotonic())  # -1: until it is woken up
            self._alarm.acquire(timeout=pause)  # pylint: disable=consider-using-with
            with self._state:
                now = time.monotonic()
                if self._words is not None and now >= self._due and not self._over:
                    self._tell(self._words(now - self._since))
                    self._due = now + self._every


@contextlib.contextmanager
def telling(tell: Callable[[str], None], words: Words, every: float = TELL_EVERY) -> Iterator[None]:
    """A single wait, with a thread of its own."""
    teller = Teller(tell, every)
    try:
        with teller.waiting(words):
            yield
    finally:
        teller.close()


def span(seconds: float, limit: float) -> str:
    """Since when, and how long it may still take."""
    return f"for {seconds:.0f} s, for at most {max(0.0, limit - seconds):.0f} s more"
