# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Read plain files only. A pipe, a device or a socket would keep the reader waiting without a limit."""

from __future__ import annotations

import os
import stat


class PlainFileError(Exception):
    """The file cannot be read; the text says why, as the end of a sentence."""


def path_problem(path: str) -> str:
    """Return why a text cannot be a path; empty if it can be one."""
    if "\0" in path:
        return "a path cannot contain a NUL character"
    try:
        os.fsencode(path)
    except UnicodeError:
        return "it contains characters that no path can contain"
    return ""


def read_plain_file(path: str, limit: int) -> bytes:
    """Return the content of a plain file of at most ``limit`` bytes. Raises PlainFileError.

    Symbolic links are followed. The file is opened without blocking and checked after it has been opened.
    """
    problem = path_problem(path)
    if problem:
        raise PlainFileError(problem)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # opening a device may already have an effect
            raise PlainFileError("it is not a plain file")
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            return _read(descriptor, limit)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise PlainFileError("there is no such file or folder") from None
    except OSError as error:
        raise PlainFileError(f"it cannot be read ({os.strerror(error.errno or 0)})") from None


def _read(descriptor: int, limit: int) -> bytes:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # it may have been replaced since it was checked
        raise PlainFileError("it is not a plain file")
    content = bytearray()
    while len(content) <= limit:
        chunk = os.read(descriptor, min(limit + 1 - len(content), 1024 * 1024))
        if not chunk:
            return bytes(content)
        content += chunk
    raise PlainFileError(f"it is larger than {limit // (1024 * 1024)} MiB")
