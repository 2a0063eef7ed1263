# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Moments in time: one parser and one notation, the same on every supported Python."""

from __future__ import annotations

import datetime
import re
from typing import Any, Optional

from .errors import InputError

_MOMENT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:[Zz]|([+-])(\d{2}):(\d{2}))\Z", re.ASCII
)
EXAMPLES = "Write it like 2026-11-30T18:00:00Z or 2026-11-30T19:00:00+01:00."


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def to_text(moment: datetime.datetime) -> str:
    """A moment in the only notation that this collection writes: UTC, to the second."""
    return moment.astimezone(datetime.timezone.utc).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def now_text() -> str:
    return to_text(utc_now())


def parse(text: Any) -> Optional[datetime.datetime]:
    """A moment in ISO 8601's extended notation with a UTC offset or ``Z``, in UTC; None for anything else.

    Not ``fromisoformat``, which accepts more with each Python. Fractions of a second are dropped.
    """
    found = _MOMENT.match(text.strip()) if isinstance(text, str) else None
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    sign, hours, minutes = found.group(7), int(found.group(8) or 0), int(found.group(9) or 0)
    try:
        offset = datetime.timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
        if minutes > 59:
            return None
        local = datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.timezone(offset))
        return local.astimezone(datetime.timezone.utc)
    except (ValueError, OverflowError):
        return None


def required(text: Any, option: str) -> datetime.datetime:
    """The moment that an option names. Raises InputError."""
    moment = parse(text)
    if moment is None:
        raise InputError(f"{option} must be a timestamp with a UTC offset", EXAMPLES)
    return moment
