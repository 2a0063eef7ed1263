# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container that cannot start any more: its program is replaced by one that ends with an error."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docker.models.containers import Container

from .images import HOME

FOLDER = f"{HOME}/tests/engines"


@contextmanager
def broken(container: Container) -> Iterator[None]:
    """Until the block ends."""
    break_it(container)
    try:
        yield
    finally:
        repair(container)


def break_it(container: Container) -> None:
    """What runs goes on; the next start fails."""
    _put(container, b"raise SystemExit(7)\n")


def repair(container: Container) -> None:
    _put(container, Path(__file__).with_name("entry.py").read_bytes())


def _put(container: Container, program: bytes) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo("entry.py")
        info.size = len(program)
        tar.addfile(info, io.BytesIO(program))
    container.put_archive(FOLDER, buffer.getvalue())
