# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Telling how long something lasts while it lasts, so that nobody is left without a word for more than ten seconds."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable

TELL_EVERY = 8.0  # seconds; a busy machine may take two more until the word is on the screen


class Telling:
    """A context manager: from its beginning on, and until it is left, tells every few seconds what is waited for.

    In a thread, as the work itself is in the middle of a call that does not return.

    :arg tell: shows a text to the user.
    :arg text: what to tell after so many seconds.
    """

    def __init__(self, tell: Callable[[str], None], text: Callable[[float], str], every: float = TELL_EVERY) -> None:
        self._tell, self._text, self._every = tell, text, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Telling:
        self._thread.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        started = time.monotonic()
        while not self._over.wait(self._every):
            self._tell(self._text(time.monotonic() - started))


def span(seconds: float, limit: float) -> str:
    """Since when, and how long it may still take."""
    return f"for {seconds:.0f} s, for at most {max(0.0, limit - seconds):.0f} s more"
