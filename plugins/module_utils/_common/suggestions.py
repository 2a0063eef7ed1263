# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Suggestions for names that were misspelt."""

from __future__ import annotations

import difflib
from typing import Any, Iterable

LONGEST = 100  # characters of a name that are compared; comparing takes time in proportion to the square of the length


def nearest(name: Any, known: Iterable[str]) -> str:
    """The known name that is most similar to this one; empty if none is."""
    matches = difflib.get_close_matches(str(name)[:LONGEST], list(known), n=1, cutoff=0.6)
    return matches[0] if matches else ""
