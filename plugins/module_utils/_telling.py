# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Telling how long something lasts while it lasts, so that nobody is left without a word for more than ten seconds."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Callable, Iterator

TELL_EVERY = 8.0  # seconds; a busy machine may take two more until the word is on the screen

Words = Callable[[float], str]  # what to tell after so many seconds


class Teller:
    """Tells every few seconds what is being waited for, in a thread, as the work itself is in a call that does not return.

    One thread for all waits, begun with the first one and ended by ``close``: starting one costs a good part of a
    request, and in a fleet most waits are over within milliseconds.

    :arg tell: shows a text to the user.
    """

    def __init__(self, tell: Callable[[str], None], every: float = TELL_EVERY) -> None:
        self._tell, self._every = tell, every
        self._words: Words | None = None  # of the present wait
        self._since = self._due = 0.0
        self._started = self._asleep = self._over = False
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def waiting(self, words: Words) -> Iterator[None]:
        """What is done inside is told of, and not any more once it is over."""
        with self._changed:
            self._words, self._since = words, time.monotonic()
            self._due = self._since + self._every
            if not self._started:
                self._started = True
                threading.Thread(target=self._work, daemon=True).start()
            elif self._asleep:  # otherwise it wakes up by itself, for an earlier wait, and before this one is due
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._words = None

    def close(self) -> None:
        """Ends the thread; nobody waits for that, as it tells nothing any more."""
        with self._changed:
            self._over = True
            self._changed.notify()

    def _work(self) -> None:
        with self._changed:
            while not self._over:
                self._asleep = self._words is None
                self._changed.wait(None if self._asleep else max(0.0, self._due - time.monotonic()))
                now = time.monotonic()
                if self._words is not None and now >= self._due:
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
