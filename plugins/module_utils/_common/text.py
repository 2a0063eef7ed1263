# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Text that others wrote, in a form that may reach a person: one line, no control characters, bounded."""

from __future__ import annotations

import re
from typing import Any

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+")


def harmless(text: Any, limit: int = 200) -> str:
    """A text without line breaks, control characters and marks of writing direction, at most ``limit`` characters long."""
    clean = " ".join(_UNPRINTABLE.sub(" ", str(text)[: 4 * limit]).split())
    return clean if len(clean) <= limit else clean[: max(1, limit - 1)] + "\u2026"
