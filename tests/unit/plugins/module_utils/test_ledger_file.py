# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file: locked, atomic, private, never guessed at."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import LedgerError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import file
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger, NoLedger, open_ledger

RESTART = {"id": "1", "since": "2026-01-01T00:00:00Z", "settings": ["log_level"], "baseline": None}


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "state" / "client.json")


def write(path: str, **parts: Any) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    Path(path).write_text(json.dumps(dict(parts, kind=file.KIND, format=file.FORMAT)))


def mode(path: str) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def test_it_is_private_and_reads_back(path: str) -> None:
    old = os.umask(0)
    try:
        with Ledger(path, read_only=False) as ledger:
            ledger.data["restart"] = dict(RESTART)
            ledger.save()
    finally:
        os.umask(old)
    assert (mode(os.path.dirname(path)), mode(path)) == (0o700, 0o600)
    with Ledger(path, read_only=True) as ledger:
        assert ledger.data == dict(file.empty(), restart=RESTART)


def test_nothing_to_say_makes_no_file(path: str) -> None:
    with Ledger(path, read_only=False) as ledger:
        ledger.save()
    assert not os.path.exists(path)


def test_what_has_not_changed_is_not_written(path: str) -> None:
    with Ledger(path, read_only=False) as ledger:
        ledger.data["client"] = "https://c"
        ledger.save()
        before = os.stat(path)
        ledger.save()
    with Ledger(path, read_only=False) as ledger:
        ledger.save()
    assert os.stat(path).st_ino == before.st_ino


def test_read_only_leaves_no_trace(path: str) -> None:
    with Ledger(path, read_only=True) as ledger:
        ledger.data["client"] = "x"
        ledger.save()
    assert not os.path.exists(os.path.dirname(path))


def test_no_ledger_forgets(tmp_path: Path) -> None:
    with open_ledger(None, False, lambda text: None) as ledger:
        assert isinstance(ledger, NoLedger)
        ledger.remember_sent("a", 1)
        ledger.save()
        assert not ledger.was_sent("a", 1)


def test_two_empty_ledgers_share_nothing() -> None:
    file.empty()["campaigns"]["a"] = 1
    assert file.empty()["campaigns"] == {}


def test_a_relative_path_is_refused() -> None:
    with pytest.raises(LedgerError, match="not an absolute path"):
        Ledger("state.json", read_only=True)


GOOD = {
    "client": "https://c",
    "intention": {"since": "x", "before": {"a": 1}, "after": None},
    "restart": dict(
        RESTART,
        baseline={
            "connected": 1,
            "nodes": {
                "n": {"role": "r", "host": "h", "health_key": "", "running": True, "started": "s", "done": False}
            },
        },
    ),
    "lease": {"owner": {"pid": 1}, "seconds": 60, "until": 5.5},
    "campaigns": {"spring": {"since": "2026-01-01T00:00:00Z", "planned_end": None}},
    "hold": {"before": True},
    "release": "previous",
    "sent": {"a": "hash"},
    "sent_key": "00ff",
    "at_default": {"a": "hash"},
}


def test_a_full_ledger_is_read_as_it_is(path: str) -> None:
    write(path, **GOOD)
    with Ledger(path, read_only=True) as ledger:
        assert ledger.data == dict(file.empty(), **GOOD)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("client", 5),
        ("intention", []),
        ("intention", {}),
        ("intention", {"since": "x", "before": 5, "after": None}),
        ("intention", {"since": "x", "before": {}, "after": []}),
        ("restart", {}),
        ("restart", dict(RESTART, settings=5)),
        ("restart", dict(RESTART, settings=[5])),
        ("restart", dict(RESTART, baseline=[])),
        ("restart", dict(RESTART, baseline={"connected": "one", "nodes": {}})),
        ("restart", dict(RESTART, baseline={"connected": 1, "nodes": {"n": {}}})),
        ("lease", {"owner": 5, "seconds": 1, "until": 1}),
        ("lease", {"owner": {}, "seconds": 1, "until": "soon"}),
        ("campaigns", {"spring": 5}),
        ("campaigns", {"spring": {"since": 5}}),
        ("campaigns", {"spring": {"since": "x", "planned_end": "soon"}}),
        ("hold", {}),
        ("hold", {"before": "x"}),
        ("release", "later"),
        ("sent", {"a": 5}),
        ("sent_key", "\u00e4"),
        ("at_default", {"a": None}),
    ],
)
def test_a_damaged_part_is_a_clear_error(path: str, part: str, value: Any) -> None:
    write(path, **dict(GOOD, **{part: value}))
    with pytest.raises(LedgerError, match=f"is damaged: part {part}"), Ledger(path, read_only=True):
        pass


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b'{"kind": "wabiz.on', "torn"),
        (b"\xff\xfe\x00", "torn"),
        (b"[" * 100000, "torn"),
        (b"[]", "is no ledger of this collection"),
        (b'{"kind": "something"}', "is no ledger of this collection"),
        (b'{"kind": "wabiz.onprem ledger", "format": 2}', "has format 2, this version reads format 1"),
        (b'{"kind": "wabiz.onprem ledger", "format": "2"}', "of an unknown kind"),
        (b'{"kind": "wabiz.onprem ledger"}', "of an unknown kind"),
        (b" " * (file.MAXIMUM_SIZE + 1), "too large"),
    ],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_is_no_ledger(path: str, content: bytes, problem: str, read_only: bool) -> None:
    os.makedirs(os.path.dirname(path))
    Path(path).write_bytes(content)
    with pytest.raises(LedgerError, match=problem), Ledger(path, read_only=read_only):
        pass
    assert Path(path).read_bytes() == content
    write(path)
    with Ledger(path, read_only=False, lock_wait=0):  # the lock was given back
        pass


def test_a_symbolic_link_is_not_followed(path: str, tmp_path: Path) -> None:
    os.makedirs(os.path.dirname(path))
    (tmp_path / "other").write_text("precious")
    os.symlink(str(tmp_path / "other"), path)
    with pytest.raises(LedgerError, match="is a symbolic link"), Ledger(path, read_only=False):
        pass
    assert (tmp_path / "other").read_text() == "precious"


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_only_a_plain_file_will_do(path: str, make: Any) -> None:
    os.makedirs(os.path.dirname(path))
    make(path)
    with pytest.raises(LedgerError, match="is no plain file"), Ledger(path, read_only=True):
        pass


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    for read_only in (True, False):
        with pytest.raises(LedgerError, match="cannot be used"), Ledger(str(tmp_path / "state" / "l"), read_only):
            pass


def test_another_run_is_waited_for_and_told_of(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    moments = iter(range(0, 1000, 2))
    monkeypatch.setattr(file.time, "monotonic", lambda: float(next(moments)))
    monkeypatch.setattr(file.time, "sleep", lambda seconds: None)
    with Ledger(path, read_only=False), pytest.raises(LedgerError, match="has been locked by another run"):
        Ledger(path, False, told.append, lock_wait=20).__enter__()
    assert told and all("waiting for another run" in text for text in told)
    with Ledger(path, read_only=False):
        pass


def test_a_file_system_without_locks(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(95, "no")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(LedgerError, match="knows no locks"), Ledger(path, read_only=False):
        pass


def test_a_full_disk_leaves_the_file_as_it_was(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger(path, read_only=False) as ledger:
        ledger.data["client"] = "old"
        ledger.save()
        before = Path(path).read_text()

        def full(descriptor: int) -> None:
            raise OSError(28, "full")

        ledger.data["client"] = "new"
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(LedgerError, match=r"No space left.*as it was before"):
            ledger.save()
        assert Path(path).read_text() == before
        assert sorted(os.listdir(os.path.dirname(path))) == [".client.json.lock", "client.json"]
        monkeypatch.undo()
        ledger.save()
        assert "new" in Path(path).read_text()


def test_a_leftover_of_a_killed_run_is_no_obstacle(path: str) -> None:
    write(path)
    leftover = os.path.join(os.path.dirname(path), ".client.json.new")
    Path(leftover).write_text("torn")
    with Ledger(path, read_only=False) as ledger:
        ledger.data["client"] = "x"
        ledger.save()
    assert not os.path.exists(leftover)


def test_values_that_were_sent_are_kept_as_keyed_hashes(path: str) -> None:
    with Ledger(path, read_only=False) as ledger:
        ledger.remember_sent("a", "s3cret")
        ledger.remember_sent("b", "s3cret")
        ledger.save()
    text = Path(path).read_text()
    assert "s3cret" not in text
    with Ledger(path, read_only=True) as ledger:
        assert ledger.was_sent("a", "s3cret")
        assert not ledger.was_sent("a", "other")
        assert not ledger.was_sent("c", "s3cret")
        assert len(ledger.data["sent_key"]) == 64


def test_every_part_has_a_shape_and_the_empty_one_fits() -> None:
    assert set(file.SHAPES) == set(file.PARTS)
    assert all(file.SHAPES[name](value) for name, value in file.empty().items())
