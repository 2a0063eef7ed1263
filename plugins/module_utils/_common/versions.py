# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Versions of clients, as texts and as numbers that can be compared. Standard library alone."""

from __future__ import annotations

from typing import Optional, Tuple

Version = Tuple[int, ...]
LONGEST = 40  # characters; every published version has fewer than ten


def parse_version(text: Optional[str]) -> Optional[Version]:
    """``"v2.33.4"`` or ``"2.33.4"`` as ``(2, 33, 4)``; None for anything else (both forms occur in one client)."""
    digits = (text or "").strip()
    if digits[:1] in ("v", "V"):
        digits = digits[1:]
    parts = digits.split(".")
    if len(digits) > LONGEST or len(parts) < 2 or not all(part.isdigit() and part.isascii() for part in parts):
        return None
    return tuple(int(part) for part in parts)


def is_at_least(version: Optional[Version], bound: Optional[str]) -> bool:
    """Whether a client of this version has what came with ``bound``; an unknown version is assumed to be new."""
    wanted = parse_version(bound)
    return wanted is None or version is None or version >= wanted


def is_before(version: Optional[Version], bound: Optional[str]) -> bool:
    """The opposite of :func:`is_at_least`, for readability at the call."""
    return not is_at_least(version, bound)
