# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Only plain files are read, and never more than a limit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.plain_files import PlainFileError, read_plain_file


def test_a_plain_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 10)
    assert read_plain_file(str(tmp_path / "file"), 10) == b"x" * 10


@pytest.mark.timeout(10)
@pytest.mark.parametrize("kind", ["pipe", "folder", "/dev/zero", "missing", "nul", "surrogate", "large", "replaced"])
def test_anything_else_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    path = str(tmp_path / kind)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        os.mkdir(path)
    elif kind == "large":
        Path(path).write_bytes(b"x" * 11)
    elif kind == "replaced":  # by a pipe, between the check and the opening
        os.mkfifo(path)
        plain = os.stat(__file__)
        monkeypatch.setattr(os, "stat", lambda *dummy, **more: plain)
    path = {"/dev/zero": "/dev/zero", "nul": "/a\0b", "surrogate": "/\ud800"}.get(kind, path)
    with pytest.raises(PlainFileError):
        read_plain_file(path, 10)
