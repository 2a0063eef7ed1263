# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The one place through which text of others (clients, engines, ledgers, inventories) passes before a person sees it.

``harmless`` is for sentences: messages, warnings, progress, cells of a table. ``visible`` is for data: it keeps the
structure and the length, and replaces the characters that would steer a terminal or reorder a text.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, List, Mapping

LONGEST_LINE = 1000  # characters
LONGEST_MESSAGE = 2000  # characters of the message of a failure, and of a warning
REPLACEMENT = "\ufffd"

# ECMA-48, 7 and 8 bits: control sequences, strings with their end, and what is left of shorter ones.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)


def harmless(text: Any, limit: int = LONGEST_LINE) -> str:
    """Return a text as one line of at most ``limit`` characters, without control, format and direction characters."""
    whole = str(text)
    shown = whole[: limit * 10]  # enough for a line, and an answer may be megabytes long
    if not shown.isprintable():
        shown = "".join(one if one.isprintable() else " " for one in _ESCAPES.sub("", shown))
    line = " ".join(shown.split())
    if len(line) > limit or len(whole) > limit * 10:
        return line[: limit - 1] + "\u2026"
    return line


def visible(value: Any) -> Any:
    """Return the same data with a visible character in the place of each control, format or direction character.

    What a text was a subclass of is not kept. Keys of dictionaries become texts.
    """
    if isinstance(value, str):
        return str(value) if value.isprintable() else "".join(map(_visible_character, value))
    if isinstance(value, Mapping):
        return {visible(str(key)): visible(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [visible(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float)) else visible(str(value))


def _visible_character(character: str) -> str:
    if character.isprintable() or character in "\u00a0\u3000":
        return character
    return chr(0x2400 + ord(character)) if character < " " else REPLACEMENT


def listed(items: Iterable[Any], most: int = 10, longest: int = 100) -> str:
    """Return the items as a list in a sentence, the first ones and the number of the others."""
    texts: List[str] = []
    count = 0
    for item in items:
        count += 1
        if count <= most:
            texts.append(harmless(item, longest))
    more = [] if count <= most else [f"{count - most} more"]
    return ", ".join(texts + more)
