# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Mask credentials by their value, in whatever a task returns or prints: a client may repeat what was sent to it.

The rule:

- A credential is masked as it was given, in base64, and percent-encoded.
- One of at least four characters is masked wherever it occurs, also inside of a word.
- A shorter one is masked only as a whole word, because it occurs in too many words by chance.
- Names of return values, numbers and titles of errors, and the words in which an operation answers (``ok``,
  ``connected``, names of settings) stay as they are: they are ours, and say nothing about a credential that happens to
  be the same word.
"""

from __future__ import annotations

import base64
import re
from typing import Any, Collection, Iterator, List, Mapping, Optional, Pattern
from urllib.parse import quote

from .redaction import HIDDEN
from .text import harmless, visible

SHORT = 4  # characters; below this a credential is masked only as a whole word
# The parts of ``error`` that come from the program text alone.
OWN_ERROR_PARTS = frozenset(("code", "method", "outcome_unknown", "status", "title"))
_OWN_KEY = re.compile(r"[a-z_]+\Z")


def forms(secret: str) -> Iterator[str]:
    """The texts in which a credential may come back."""
    raw = secret.encode("utf-8", "surrogatepass")
    encoded = base64.b64encode(raw).decode("ascii")
    yield from dict.fromkeys((secret, encoded, encoded.rstrip("="), quote(raw, safe="")))


class Mask:
    """Hides credentials in texts and in data.

    :arg secrets: the credentials; the list may grow while the task runs.
    :arg own_words: texts that are not masked where they are the whole value.
    """

    def __init__(self, secrets: List[str], own_words: Collection[str] = ()) -> None:
        self._secrets = secrets
        self._own_words = own_words
        self._known = 0
        self._long: List[str] = []
        self._short: Optional[Pattern[str]] = None

    def text(self, text: str) -> str:
        """Return a text without the credentials."""
        self._learn()
        for secret in self._long:
            text = text.replace(secret, HIDDEN)
        return self._short.sub(HIDDEN, text) if self._short else text

    def sentence(self, text: Any, limit: int) -> str:
        """Return a text for a person: one harmless line without the credentials."""
        # Twice, because characters that are taken out may separate the parts of a credential, or be part of it.
        return harmless(self.text(harmless(self.text(str(text)), limit)), limit)

    def data(self, value: Any) -> Any:
        """Return data without the credentials, and with visible characters only."""
        if isinstance(value, Mapping):
            return {self._key(str(key)): self.data(item) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.data(item) for item in value]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float)):
            return HIDDEN if str(value) in self._secrets else value
        text = str(value)
        return text if text in self._own_words else visible(self.text(visible(self.text(text))))

    def error(self, error: Mapping[str, Any]) -> Any:
        """Return the part ``error`` of a failure; what comes from the program text alone stays readable."""
        return {name: value if name in OWN_ERROR_PARTS else self.data(value) for name, value in error.items()}

    def _key(self, key: str) -> str:
        return key if _OWN_KEY.match(key) else visible(self.text(key))

    def _learn(self) -> None:
        """Take in the credentials that have been added, the longest first: one may be a part of another."""
        if len(self._secrets) == self._known:
            return
        self._known = len(self._secrets)
        texts = sorted({form for secret in self._secrets if secret for form in forms(secret)}, key=len, reverse=True)
        self._long = [one for one in texts if len(one) >= SHORT]
        short = [rf"(?<!\w){re.escape(one)}(?!\w)" for one in texts if len(one) < SHORT]
        self._short = re.compile("|".join(short)) if short else None
