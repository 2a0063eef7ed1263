# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What the parts of a ledger look like inside, so that a damaged one is found when it is read and nowhere later.

A shape is a predicate. Keys that nobody asks for are left alone.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .._common import moments
from .campaigns import AFTER

Shape = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _hash(value: Any) -> bool:
    return isinstance(value, str) and value.isascii()  # hmac compares nothing else


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _anything(value: Any) -> bool:
    del value
    return True


def _moment(value: Any) -> bool:
    return moments.parse(value) is not None


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _process_id(value: Any) -> bool:
    return value is None or (_count(value) and 0 < value < 2**31)


def _maybe(shape: Shape) -> Shape:
    return lambda value: value is None or shape(value)


def _all_of(shape: Shape) -> Shape:
    return lambda value: isinstance(value, dict) and all(shape(one) for one in value.values())


def _with(**parts: Shape) -> Shape:
    """An object with these keys; one that is missing counts as null."""
    return lambda value: isinstance(value, dict) and all(shape(value.get(name)) for name, shape in parts.items())


_NODE = _with(role=_text, host=_text, health_key=_text, running=_truth, started=_text, done=_truth, size=_maybe(_count))
_BASELINE = _with(connected=_count, nodes=_all_of(_NODE))

SHAPES: Mapping[str, Shape] = {
    "client": _text,
    "intention": _maybe(_with(since=_text, before=_all_of(_anything), after=_maybe(_all_of(_anything)))),
    "restart": _maybe(_with(id=_text, since=_text, settings=_names, baseline=_maybe(_BASELINE))),
    "lease": _maybe(_with(owner=_with(pid=_process_id), seconds=_number, until=_number)),
    "campaigns": _all_of(_with(since=_text, planned_end=_maybe(_moment))),
    "hold": _maybe(_with(before=_truth)),
    "release": _maybe(lambda value: value in AFTER),
    "sent": _all_of(_hash),
    "providers": _all_of(_hash),
    "sent_key": _hash,
    "at_default": _maybe(_all_of(_hash)),
}
