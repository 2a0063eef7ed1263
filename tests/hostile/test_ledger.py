# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger where others interfere: nothing is lost, nothing is believed that is not right, and the error is clear."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import LedgerError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import campaigns, restart
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import State
from hostile.children import UNPRIVILEGED, as_unprivileged, in_children, with_full_disk

SECRET = "planted-unseen-1"


def mark(path: Path, name: str = "log_level") -> None:
    """Marks a restart as pending."""
    with Ledger(str(path), read_only=False) as ledger:
        ledger.state = restart.mark_pending(ledger.state, [name])
        ledger.save()


def read(path: Path) -> State:
    with Ledger(str(path), read_only=True) as ledger:
        return ledger.state


def pending(path: Path) -> list[str]:
    return restart.settings(read(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.json"


def test_modes_are_tight_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        mark(path)
    finally:
        os.umask(before)
    modes = {item.name: stat.S_IMODE(item.stat().st_mode) for item in (path, path.parent, *path.parent.iterdir())}
    assert modes == {"state": 0o700, "ledger.json": 0o600, ".ledger.json.lock": 0o600}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("   \n", "is empty"),
        ('{"kind": "wabiz.onprem ledger", "format"', "is torn"),
        ("\x00" * 200, "is torn"),
        (f'{{"password": "{SECRET}"}}', "not a ledger of this collection"),
        ("[]", "not a ledger of this collection"),
        ('{"kind": "wabiz.onprem ledger", "format": 1}', "has format 1"),
        (f'{{"kind": "wabiz.onprem ledger", "format": "{SECRET}"}}', "has an unknown format"),
        ('{"kind": "wabiz.onprem ledger", "format": 2, "restart": {"id": 7}}', "is damaged"),
        (f'{{"kind": "wabiz.onprem ledger", "format": 2, "{SECRET}": "{SECRET}"}}', "is damaged"),
        ("[" * 100_000, "is torn"),
        ("x" * 2_000_000, "too large"),
    ],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_what_is_not_a_good_ledger_is_left_as_it_is(path: Path, content: str, says: str, read_only: bool) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_text(content)
    with pytest.raises(LedgerError, match=says) as caught, Ledger(str(path), read_only):
        pass
    assert path.read_text() == content
    assert SECRET not in str(caught.value)
    assert caught.value.advice or "too large" in says


def test_bytes_that_are_not_text(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"\xff\xfe" * 100)
    with pytest.raises(LedgerError, match="is torn"), Ledger(str(path), False):
        pass


def _used(path: Path) -> Any:
    mark(path)
    return "written"


@pytest.fixture
def public_path() -> Iterator[Path]:
    """A ledger in a folder that everybody may enter; those of pytest are closed."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name) / "state" / "ledger.json"


def test_unreadable(public_path: Path) -> None:
    path = public_path
    path.parent.mkdir()
    path.parent.chmod(0o755)
    mark(path)
    assert "cannot be opened (Permission denied)" in as_unprivileged(lambda: _used(path))
    path.chmod(0o000)
    assert "cannot be opened (Permission denied)" in as_unprivileged(lambda: read(path))


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a file to another user needs root")
@pytest.mark.parametrize("name", ["ledger.json", ".ledger.json.lock"])
def test_a_file_of_another_user(path: Path, name: str) -> None:
    mark(path)
    os.chown(path.parent / name, UNPRIVILEGED, UNPRIVILEGED)
    with pytest.raises(LedgerError, match="belongs to another user"):
        mark(path)


def test_read_only_folder(public_path: Path) -> None:
    path = public_path
    path.parent.mkdir()
    path.parent.chmod(0o555)
    shown = as_unprivileged(lambda: _used(path))
    assert "cannot be" in shown and "Permission denied" in shown
    assert list(path.parent.iterdir()) == []


def test_full_disk_keeps_the_old_ledger(path: Path) -> None:
    """A limit on the size of files meets the same code as a full disk: a write that fails after its first bytes."""
    mark(path, "callback_persist")
    before = path.read_bytes()
    shown = with_full_disk(lambda: _used(path))
    assert "cannot be written" in shown and "it is unchanged" in shown
    assert path.read_bytes() == before
    assert pending(path) == ["callback_persist"]
    assert sorted(item.name for item in path.parent.iterdir()) == [".ledger.json.lock", "ledger.json"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k,mode=0700", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a file system is not permitted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_full_file_system(small_disk: Path) -> None:
    path = small_disk / "ledger.json"
    mark(path, "callback_persist")
    with pytest.raises(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(b"x" * 512)
    with pytest.raises(LedgerError, match="No space left on device"):
        mark(path)
    assert pending(path) == ["callback_persist"]
    (small_disk / "filler").unlink()
    mark(path)
    assert pending(path) == ["callback_persist", "log_level"]


@pytest.mark.parametrize("name", ["ledger.json", ".ledger.json.lock", ".ledger.json.new"])
@pytest.mark.parametrize("dangling", [True, False])
def test_planted_symbolic_link_leads_nowhere(path: Path, name: str, dangling: bool) -> None:
    target = path.parent.parent / "precious"
    if not dangling:
        target.write_text(SECRET)
    path.parent.mkdir(mode=0o700)
    (path.parent / name).symlink_to(target)
    try:
        mark(path)
    except LedgerError as error:
        assert "symbolic link" in str(error)
        assert SECRET not in str(error)
    else:
        assert name.endswith(".new")
        assert not path.is_symlink()
    assert target.exists() is not dangling
    assert dangling or target.read_text() == SECRET


def test_planted_hard_link_is_not_written_through(path: Path) -> None:
    target = path.parent.parent / "precious"
    target.write_text(SECRET)
    path.parent.mkdir(mode=0o700)
    (path.parent / ".ledger.json.new").hardlink_to(target)
    mark(path)
    assert target.read_text() == SECRET
    assert path.stat().st_nlink == 1


@pytest.mark.parametrize("name", ["ledger.json", ".ledger.json.lock", ".ledger.json.new"])
def test_planted_pipe_blocks_no_run(path: Path, name: str) -> None:
    path.parent.mkdir(mode=0o700)
    os.mkfifo(path.parent / name)

    def used(_index: int) -> Any:
        return _used(path)

    shown = in_children(1, used)[0]
    assert shown == "written" if name.endswith(".new") else "is not a plain file" in shown


def test_a_file_that_is_held_open_cannot_change_the_ledger(path: Path) -> None:
    """Another process has opened the file for the next version before it is written."""
    path.parent.mkdir(mode=0o700)
    with (path.parent / ".ledger.json.new").open("w") as planted:
        mark(path)
        planted.write("overwritten")
    assert pending(path)


def test_fifty_processes_at_once(path: Path) -> None:
    def begin(index: int) -> Any:
        with Ledger(str(path), read_only=False) as ledger:
            ledger.state = campaigns.begin(ledger.state, f"campaign {index}", None)
            ledger.save()
        return "done"

    assert in_children(50, begin) == ["done"] * 50
    assert len(read(path).campaigns) == 50


def test_readers_never_see_half_a_ledger(path: Path) -> None:
    mark(path)

    def use(index: int) -> Any:
        for _dummy in range(20):
            if index % 2:
                mark(path)
            else:
                assert pending(path) == ["log_level"]
        return "done"

    assert in_children(8, use) == ["done"] * 8


def test_folder_that_cannot_be_flushed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems flush no folders: the ledger is written all the same."""
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "no")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    mark(path)
    assert pending(path)


def test_folder_that_fails_to_flush_is_reported_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "broken")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(LedgerError, match="may not survive") as caught:
        mark(path)
    assert "unchanged" not in str(caught.value)
