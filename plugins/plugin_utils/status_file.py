# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the fleet's status: written whole in one step, readable by their owner alone unless another mode is given."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat
import tempfile
from typing import Any, Mapping

from ansible_collections.wabiz.onprem.plugins.module_utils._common.plain_files import (
    PlainFileError,
    path_problem,
    read_plain_file,
)
from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_document import content

LARGEST = 64 * 1024 * 1024  # bytes that an older file is read up to


def json_text(document: Mapping[str, Any]) -> str:
    """Pure ASCII: what steers a terminal is escaped, in case the file is shown there."""
    return json.dumps(document, indent=1) + "\n"


def says_the_same(path: str, document: Mapping[str, Any]) -> bool:
    """Whether the JSON file that is there says the same, but for when it was made."""
    try:
        return content(json.loads(_read(path))) == content(document)
    except (ValueError, AttributeError, RecursionError):
        return False


def mark(document: Mapping[str, Any]) -> str:
    """The last line of a page: what it was made of, but for when."""
    digest = hashlib.sha256(content(document).encode("utf-8")).hexdigest()
    return f"<!-- wabiz.onprem status {digest} -->\n"


def has_mark(path: str, document: Mapping[str, Any]) -> bool:
    """Whether the page that is there was made of the same."""
    return _read(path).endswith(mark(document))


def _read(path: str) -> str:
    try:
        return read_plain_file(path, LARGEST).decode("utf-8", "replace")
    except PlainFileError:
        return ""


def check_place(path: str) -> None:
    """Raises OSError for what cannot be replaced by a file."""
    problem = path_problem(path)
    if problem:
        raise OSError(0, problem)
    if not os.path.isdir(os.path.dirname(path)):
        raise FileNotFoundError(0, "its folder does not exist")
    if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
        raise FileExistsError(0, "it exists, and is no plain file")


def file_mode(text: str) -> int:
    """The mode that an octal text such as ``0640`` names. Raises ValueError for one that lets others write, or execute."""
    if not re.fullmatch("0?6[04][04]", text):
        raise ValueError("mode must be 0600, 0640, 0604 or 0644, in quotes")
    return int(text, 8)


def write(path: str, text: str, mode: int = 0o600) -> None:
    """Raises OSError; then the file is as it was before."""
    check_place(path)
    folder, name = os.path.split(path)
    descriptor, fresh = tempfile.mkstemp(prefix=f".{name}.", dir=folder)  # with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(fresh)
        raise
