# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger where others meddle with it: nothing is lost, nobody is fooled, and the error is a clear one."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import LedgerError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import campaigns, pending_restart
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger, empty
from hostile.children import NOBODY, as_nobody, in_children, with_full_disk

SECRET = "planted-unseen-1"


def owe(path: Path) -> str:
    with Ledger(str(path), read_only=False) as ledger:
        pending_restart.owe(ledger.data, ["log_level"])
        ledger.save()
        return str(ledger.data["restart"]["id"])


def read(path: Path) -> dict[str, Any]:
    with Ledger(str(path), read_only=True) as ledger:
        return ledger.data


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.json"


def test_modes_are_tight_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        owe(path)
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
        (f'{{"password": "{SECRET}"}}', "no ledger of this collection"),
        ("[]", "no ledger of this collection"),
        ('{"kind": "wabiz.onprem ledger", "format": 2}', "has format 2"),
        (f'{{"kind": "wabiz.onprem ledger", "format": "{SECRET}"}}', "of an unknown kind"),
        ('{"kind": "wabiz.onprem ledger", "format": 1, "restart": {"id": 7}}', "is damaged"),
        ('{"kind": "wabiz.onprem ledger", "format": 1, "campaigns": {"a": null}}', "is damaged"),
        ("[" * 100_000, "is torn"),
        ("x" * 2_000_000, "too large"),
    ],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_what_is_no_good_ledger_is_left_as_it_is(path: Path, content: str, says: str, read_only: bool) -> None:
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(LedgerError, match=says) as caught, Ledger(str(path), read_only):
        pass
    assert path.read_text() == content
    assert SECRET not in str(caught.value)
    assert caught.value.advice or "too large" in says


def test_bytes_that_are_no_text(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe" * 100)
    with pytest.raises(LedgerError, match="is torn"), Ledger(str(path), False):
        pass


def _used(path: Path) -> Any:
    owe(path)
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
    path.parent.chmod(0o777)
    owe(path)
    assert "cannot be opened (Permission denied)" in as_nobody(lambda: _used(path))
    (path.parent / ".ledger.json.lock").unlink()
    path.chmod(0o000)
    assert "cannot be opened (Permission denied)" in as_nobody(lambda: read(path))


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a file to somebody else needs root")
@pytest.mark.parametrize("name", ["ledger.json", ".ledger.json.lock"])
def test_somebody_elses(path: Path, name: str) -> None:
    owe(path)
    os.chown(path.parent / name, NOBODY, NOBODY)
    with pytest.raises(LedgerError, match="belongs to another user"):
        owe(path)


def test_read_only_folder(public_path: Path) -> None:
    path = public_path
    path.parent.mkdir()
    path.parent.chmod(0o555)
    told = as_nobody(lambda: _used(path))
    assert "cannot be" in told and "Permission denied" in told
    assert list(path.parent.iterdir()) == []


def test_full_disk_keeps_the_old_ledger(path: Path) -> None:
    """A limit on the size of files meets the same code as a full disk: a write that fails after its first bytes."""
    identity = owe(path)
    before = path.read_bytes()
    told = with_full_disk(lambda: _used(path))
    assert "cannot be written" in told and "as it was before" in told
    assert path.read_bytes() == before
    assert read(path)["restart"]["id"] == identity
    assert sorted(item.name for item in path.parent.iterdir()) == [".ledger.json.lock", "ledger.json"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a file system is not permitted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_full_file_system(small_disk: Path) -> None:
    path = small_disk / "ledger.json"
    identity = owe(path)
    with pytest.raises(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(b"x" * 512)
    with pytest.raises(LedgerError, match="No space left on device"):
        owe(path)
    assert read(path)["restart"]["id"] == identity
    (small_disk / "filler").unlink()
    assert owe(path) != identity


@pytest.mark.parametrize("name", ["ledger.json", ".ledger.json.lock", ".ledger.json.new"])
@pytest.mark.parametrize("dangling", [True, False])
def test_planted_symbolic_link_leads_nowhere(path: Path, name: str, dangling: bool) -> None:
    target = path.parent.parent / "precious"
    if not dangling:
        target.write_text(SECRET)
    path.parent.mkdir()
    (path.parent / name).symlink_to(target)
    try:
        owe(path)
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
    path.parent.mkdir()
    (path.parent / ".ledger.json.new").hardlink_to(target)
    owe(path)
    assert target.read_text() == SECRET
    assert path.stat().st_nlink == 1


@pytest.mark.parametrize("name", ["ledger.json", ".ledger.json.lock", ".ledger.json.new"])
def test_planted_pipe_or_folder_does_not_hold_anybody_up(path: Path, name: str) -> None:
    path.parent.mkdir()
    os.mkfifo(path.parent / name)

    def used(_index: int) -> Any:
        return _used(path)

    told = in_children(1, used)[0]
    assert told == "written" if name.endswith(".new") else "is no plain file" in told


def test_what_stands_open_from_before_cannot_change_the_ledger(path: Path) -> None:
    """Whoever had the file for the next version open keeps nothing in hand."""
    path.parent.mkdir()
    with (path.parent / ".ledger.json.new").open("w") as planted:
        owe(path)
        planted.write("overwritten")
    assert read(path)["restart"]


def test_fifty_processes_at_once(path: Path) -> None:
    def begin(index: int) -> Any:
        with Ledger(str(path), read_only=False) as ledger:
            campaigns.begin(ledger.data, f"campaign {index}", None)
            ledger.save()
        return "done"

    assert in_children(50, begin) == ["done"] * 50
    assert len(read(path)["campaigns"]) == 50


def test_readers_never_see_half_a_ledger(path: Path) -> None:
    owe(path)

    def use(index: int) -> Any:
        for _dummy in range(20):
            if index % 2:
                owe(path)
            else:
                assert read(path)["restart"]["settings"] == ["log_level"]
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
    owe(path)
    assert read(path)["restart"]


def test_folder_that_fails_to_flush_is_told_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "broken")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(LedgerError, match="may not survive") as caught:
        owe(path)
    assert "as it was before" not in str(caught.value)


def test_an_empty_ledger_is_what_it_says() -> None:
    assert json.loads(json.dumps(empty())) == empty()
