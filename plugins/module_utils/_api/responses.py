# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What an answer of the API means: pure functions from status, headers and body."""

from __future__ import annotations

import email.utils
import json
import time
from dataclasses import dataclass
from typing import Any, Mapping

# An API code that says that the request was rejected without being executed, so that it is safe to repeat.
NOT_EXECUTED_CODES = frozenset((1011, 1015, 1016, 1017, 1018))
RETRYABLE_CODES = NOT_EXECUTED_CODES | frozenset((1014,))
DEEPEST = 50  # levels of nested lists and objects in an answer
RETRYABLE_STATUSES = frozenset((429, 500, 502, 503, 504))


@dataclass(frozen=True)
class Answer:
    """An answer with status 2xx: ``data`` is the JSON body, an empty dict for an empty body or ``null``."""

    status: int
    data: dict[str, Any]
    version: str | None


@dataclass(frozen=True)
class Rejection:
    """Any other answer."""

    status: int
    code: int | None
    retry_after: float | None  # seconds, where the answer says so in a form that can be understood

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed a little later."""
        if self.code is not None and self.status < 500 and self.status != 429:
            return self.code in RETRYABLE_CODES
        return self.status in RETRYABLE_STATUSES

    @property
    def not_executed(self) -> bool:
        """Whether the request certainly has not been executed."""
        if self.code in NOT_EXECUTED_CODES or self.status == 429:
            return True
        return self.status < 500 and self.code != 1014


class MalformedAnswer(Exception):
    """A success that is no answer of this API; the text says why."""


def decoded(body: bytes) -> Any:
    """The JSON value of a body; None for an empty one. Raises MalformedAnswer."""
    if not body.strip():
        return None
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        kind = "HTML" if body.lstrip()[:1] == b"<" else "something else"
        raise MalformedAnswer(f"the body is {kind} instead of JSON") from None
    if _is_deep(data):
        raise MalformedAnswer("the body is nested more than %d levels deep" % DEEPEST)
    return data


def _is_deep(data: Any) -> bool:
    """Whether a value is nested too deep to be compared, copied and written with recursion."""
    level = [data] if isinstance(data, (dict, list)) else []
    for _depth in range(DEEPEST):
        inner = [one.values() if isinstance(one, dict) else one for one in level]
        level = [item for one in inner for item in one if isinstance(item, (dict, list))]
        if not level:
            return False
    return True


def api_code(body: bytes) -> int | None:
    """The first error code in a body of whatever kind; never raises, as bodies of errors are inconsistent."""
    try:
        data = decoded(body)
    except MalformedAnswer:
        return None
    errors = data.get("errors") if isinstance(data, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    code = first.get("code") if isinstance(first, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) and 0 <= code < 10**6 else None


def retry_after_seconds(value: str | None, now: float | None = None) -> float | None:
    """``Retry-After`` in seconds from now: a number or an HTTP date; None for nothing and for garbage."""
    text = (value or "").strip()
    if text.isdigit() and text.isascii():
        return float(text) if len(text) < 10 else float("inf")
    try:
        moment = email.utils.parsedate_to_datetime(text)
        return max(0.0, moment.timestamp() - (time.time() if now is None else now))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def accepted(status: int, body: bytes) -> Answer:
    """A 2xx answer. Raises MalformedAnswer where it cannot come from this API."""
    data = decoded(body)
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise MalformedAnswer(f"the body is a JSON {type(data).__name__} instead of an object")
    if data.get("errors"):
        code = api_code(body)
        error = "an error" if code is None else f"an error (API code {code})"
        raise MalformedAnswer(f"it reports success and {error} at once")
    meta = data.get("meta")
    version = meta.get("version") if isinstance(meta, dict) else None
    return Answer(status, data, version if isinstance(version, str) else None)


def refused(status: int, headers: Mapping[str, str], body: bytes) -> Rejection:
    """Any answer that is not 2xx."""
    return Rejection(status, api_code(body), retry_after_seconds(headers.get("retry-after")))


def dig(answer: Answer, *path: str) -> dict[str, Any]:
    """The object at a path of an answer. Raises MalformedAnswer where there is none."""
    found: Any = answer.data
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        raise MalformedAnswer("the answer has no {}".format(".".join(path)))
    return found
