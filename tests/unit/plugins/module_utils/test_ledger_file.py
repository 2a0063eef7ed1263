# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file: locked, atomic, private, never guessed."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import InputError, LedgerError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import file, lease_owner
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger, NoLedger, open_ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Owner, Restart, State

RESTART = Restart("2026-01-01T00:00:00Z", ("log_level",))


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "state" / "client.json")


def write(path: str, state: State | None = None) -> None:
    """A good ledger, by other means."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(json.dumps(dict((state or State()).as_json(), kind=file.KIND, format=file.FORMAT)))


def mode(path: str) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def test_it_is_private_and_reads_back(path: str) -> None:
    old = os.umask(0)
    try:
        with Ledger(path, read_only=False) as ledger:
            ledger.update(restart=RESTART)
            ledger.save()
    finally:
        os.umask(old)
    assert (mode(os.path.dirname(path)), mode(path)) == (0o700, 0o600)
    with Ledger(path, read_only=True) as ledger:
        assert ledger.state == State(restart=RESTART)


def test_the_missing_parents_of_its_folder_are_private_too(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with Ledger(str(tmp_path / "a" / "b" / "c.json"), read_only=False):
            pass
    finally:
        os.umask(old)
    assert (mode(str(tmp_path / "a")), mode(str(tmp_path / "a" / "b"))) == (0o700, 0o700)


def test_an_empty_state_makes_no_file(path: str) -> None:
    with Ledger(path, read_only=False) as ledger:
        ledger.save()
    assert not os.path.exists(path)


def test_what_has_not_changed_is_not_written(path: str) -> None:
    with Ledger(path, read_only=False) as ledger:
        ledger.update(client="https://c")
        ledger.save()
        before = os.stat(path)
        ledger.save()
    with Ledger(path, read_only=False) as ledger:
        ledger.save()
    assert os.stat(path).st_ino == before.st_ino


def test_read_only_leaves_no_trace(path: str) -> None:
    with Ledger(path, read_only=True) as ledger:
        ledger.update(client="x")
        ledger.save()
    assert not os.path.exists(os.path.dirname(path))


def test_without_a_ledger_everything_is_forgotten() -> None:
    with open_ledger({"ledger": None}, False, lambda text: None) as ledger:
        assert isinstance(ledger, NoLedger)
        ledger.remember_sent("a", 1)
        ledger.save()
        assert not ledger.was_sent("a", 1)


@pytest.mark.parametrize(
    "path", ["state.json", "", "/tmp/a\0b", "/tmp/a\nb", "/tmp/\x1b[31m", "/tmp/\udcff", "/tmp/\u202e"]
)
def test_a_path_that_is_not_absolute_and_printable_is_refused(path: str) -> None:
    with pytest.raises(LedgerError, match="must be absolute and printable") as caught:
        Ledger(path, read_only=True)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("part", "value"), [("client", 5), ("restart", {}), ("lease", {"owner": 5}), ("campaigns", []), ("key", "\u00e4")]
)
def test_a_damaged_part_is_a_clear_error(path: str, part: str, value: Any) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700)
    Path(path).write_text(json.dumps({**State().as_json(), part: value, "kind": file.KIND, "format": file.FORMAT}))
    with pytest.raises(LedgerError, match=f"is damaged: {part}") as caught, Ledger(path, read_only=True):
        pass
    assert "coreapp_force=true" in caught.value.advice


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b'{"kind": "wabiz.on', "torn"),
        (b"\xff\xfe\x00", "torn"),
        (b"[" * 100000, "torn"),
        (b'{"a":' * 100000, "torn"),
        (b"[]", "is not a ledger of this collection"),
        (b'{"kind": "something"}', "is not a ledger of this collection"),
        (b'{"kind": "wabiz.onprem ledger", "format": 1}', "has format 1, this version reads format 2"),
        (b'{"kind": "wabiz.onprem ledger", "format": 3}', "has format 3, this version reads format 2"),
        (b'{"kind": "wabiz.onprem ledger", "format": "2"}', "an unknown format"),
        (b'{"kind": "wabiz.onprem ledger", "format": true}', "an unknown format"),
        (b'{"kind": "wabiz.onprem ledger"}', "an unknown format"),
        (b'{"kind": "wabiz.onprem ledger", "format": 2}', "is damaged"),
        (b" " * (file.MAXIMUM_SIZE + 1), "too large"),
    ],
    ids=lambda one: repr(one)[:60],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_is_not_a_good_ledger(path: str, content: bytes, problem: str, read_only: bool) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700)
    Path(path).write_bytes(content)
    with pytest.raises(LedgerError, match=problem), Ledger(path, read_only=read_only):
        pass
    assert Path(path).read_bytes() == content
    write(path)
    with Ledger(path, read_only=False, lock_wait=0):  # the lock was released
        pass


def test_a_symbolic_link_is_not_followed(path: str, tmp_path: Path) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700)
    (tmp_path / "other").write_text("precious")
    os.symlink(str(tmp_path / "other"), path)
    with pytest.raises(LedgerError, match="is a symbolic link"), Ledger(path, read_only=False):
        pass
    assert (tmp_path / "other").read_text() == "precious"


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_only_a_plain_file_is_accepted(path: str, make: Any) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700)
    make(path)
    with pytest.raises(LedgerError, match="is not a plain file"), Ledger(path, read_only=True):
        pass


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    for read_only in (True, False):
        with pytest.raises(LedgerError, match="cannot be used"), Ledger(str(tmp_path / "state" / "l"), read_only):
            pass


class TestOtherUsers:
    @pytest.mark.parametrize("bits", [0o777, 0o770, 0o720, 0o1777, 0o702])
    def test_a_folder_that_they_can_write_to_is_refused(self, path: str, bits: int) -> None:
        folder = os.path.dirname(path)
        os.mkdir(folder)
        os.chmod(folder, bits)
        with pytest.raises(LedgerError, match=f"other users can write to its folder.*chmod go-w {folder}"):
            Ledger(path, read_only=False).__enter__()
        assert os.listdir(folder) == []

    def test_a_folder_that_they_can_read_is_accepted(self, path: str) -> None:
        os.mkdir(os.path.dirname(path))
        Path(path).parent.chmod(0o750)
        with Ledger(path, read_only=False):
            pass

    @pytest.mark.parametrize("bits", [0o666, 0o644, 0o640, 0o602])
    def test_a_file_that_they_can_read_or_write_is_made_private_with_a_warning(self, path: str, bits: int) -> None:
        write(path)
        os.chmod(path, bits)
        warnings: list[str] = []
        with Ledger(path, read_only=False, warn=warnings.append):
            assert mode(path) == 0o600
        assert warnings == [f"Other users could read or write {path}. It is for its owner alone from now on."]
        with Ledger(path, read_only=False, warn=warnings.append):
            assert len(warnings) == 1

    def test_check_mode_changes_nothing_and_says_what_to_do(self, path: str) -> None:
        write(path)
        os.chmod(path, 0o644)
        warnings: list[str] = []
        with Ledger(path, read_only=True, warn=warnings.append):
            assert mode(path) == 0o644
        assert warnings == [f"Other users can read or write {path}. To make it private, run: chmod go= {path}"]


class TestLock:
    def test_a_lock_file_that_is_removed_while_it_is_waited_for_locks_nothing(self, path: str) -> None:
        lock = Path(path).with_name(".client.json.lock")
        with Ledger(path, read_only=False):
            old = os.open(lock, os.O_RDWR)
            lock.unlink()
            with Ledger(path, read_only=False) as second:  # of its own, and not the one that was removed
                second.update(client="second")
                second.save()
        os.close(old)
        assert lock.exists()

    def test_a_holder_whose_lock_file_was_removed_writes_nothing_any_more(self, path: str) -> None:
        lock = Path(path).with_name(".client.json.lock")
        with Ledger(path, read_only=False) as first:
            lock.unlink()
            with Ledger(path, read_only=False) as second:
                second.update(client="second")
                second.save()
            first.update(client="first")
            with pytest.raises(LedgerError, match=r"lock file .* was removed while it was in use"):
                first.save()
        with Ledger(path, read_only=True) as ledger:
            assert ledger.state.client == "second"

    def test_a_lock_file_that_is_replaced_between_opening_and_locking(
        self, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lock = Path(path).with_name(".client.json.lock")
        real, replaced = fcntl.flock, []

        def flock(descriptor: int, operation: int) -> None:
            real(descriptor, operation)
            if not replaced:
                replaced.append(True)
                lock.unlink()

        monkeypatch.setattr(fcntl, "flock", flock)
        with Ledger(path, read_only=False) as ledger:
            ledger.update(client="x")
            ledger.save()  # under the second lock file
        assert lock.exists()

    @pytest.mark.parametrize("content", [b"", b"x", b"[" * 9000, b"\xff", b'{"host": 5}', b"5"])
    def test_what_stands_in_the_lock_file_is_not_trusted(self, path: str, content: bytes) -> None:
        lock = Path(path).with_name(".client.json.lock")
        os.makedirs(os.path.dirname(path), mode=0o700)
        lock.write_bytes(content)
        lock.chmod(0o600)
        owner = lease_owner.owner_of(os.getpid(), "wa-berlin")
        with Ledger(path, read_only=False, owner=owner):
            assert Owner.from_json(json.loads(lock.read_text())) == owner

    def test_a_full_disk_does_not_keep_the_lock_from_being_taken(
        self, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*dummy: Any) -> int:
            raise OSError(28, "full")

        monkeypatch.setattr(os, "pwrite", full)
        with Ledger(path, read_only=False, owner=lease_owner.owner_of(os.getpid(), "wa-berlin")):
            pass


class TestTwoHostsOfOnePlay:
    def owner(self, host: str, pid: int | None = None) -> Owner:
        return lease_owner.owner_of(os.getpid() if pid is None else pid, host)

    def test_they_cannot_share_a_ledger(self, path: str) -> None:
        with Ledger(path, read_only=False, owner=self.owner("wa-berlin")):
            pass
        with pytest.raises(LedgerError, match="used by two hosts of this play, wa-berlin and wa-paris") as caught:
            Ledger(path, read_only=False, owner=self.owner("wa-paris")).__enter__()
        assert "inventory_hostname" in caught.value.advice
        with Ledger(path, read_only=False, owner=self.owner("wa-berlin"), lock_wait=0):  # the lock was released
            pass

    def test_another_play_may_use_it_for_another_host(self, path: str) -> None:
        with Ledger(path, read_only=False, owner=self.owner("wa-berlin", os.getppid())):
            pass
        with Ledger(path, read_only=False, owner=self.owner("wa-paris")):
            pass

    def test_the_options_carry_the_owner(self, path: str) -> None:
        for host in ("wa-berlin", "wa-paris"):
            params = {"ledger": path, "owner": vars(self.owner(host))}
            if host == "wa-berlin":
                with open_ledger(params, False, lambda text: None):
                    continue
            with pytest.raises(LedgerError, match="two hosts"):
                open_ledger(params, False, lambda text: None).__enter__()

    @pytest.mark.parametrize("owner", [{"pid": 1}, {"host": "h" * 2000}, {"x": 1}])
    def test_an_owner_that_is_not_what_the_plugin_fills_in(self, path: str, owner: Any) -> None:
        with pytest.raises(InputError, match="option owner"):
            open_ledger({"ledger": path, "owner": owner}, False, lambda text: None)


def test_another_run_is_waited_for_and_reported(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[str] = []
    moments = iter(range(0, 1000, 2))
    monkeypatch.setattr(file.time, "monotonic", lambda: float(next(moments)))
    monkeypatch.setattr(file.time, "sleep", lambda seconds: None)
    with Ledger(path, read_only=False), pytest.raises(LedgerError, match="has been locked by another run"):
        Ledger(path, False, reports.append, lock_wait=20).__enter__()
    assert reports and all("waiting for another run" in text for text in reports)
    with Ledger(path, read_only=False):
        pass


def test_a_file_system_without_locks(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(95, "no")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(LedgerError, match="has no locks"), Ledger(path, read_only=False):
        pass


def test_a_full_disk_leaves_the_file_as_it_was(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger(path, read_only=False) as ledger:
        ledger.update(client="old")
        ledger.save()
        before = Path(path).read_text()

        def full(descriptor: int) -> None:
            raise OSError(28, "full")

        ledger.update(client="new")
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(LedgerError, match=r"No space left.*it is unchanged"):
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
        ledger.update(client="x")
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
        assert len(ledger.state.key) == 64


class TestBounds:
    def test_a_state_that_would_be_too_large_is_refused_before_it_is_written(self, path: str) -> None:
        with Ledger(path, read_only=False) as ledger:
            ledger.update(client="old")
            ledger.save()
            ledger.update(sent={f"extra_settings.{number}": "0" * 64 for number in range(20_000)})
            with pytest.raises(LedgerError, match="would become too large; it is unchanged"):
                ledger.save()
        with Ledger(path, read_only=True) as ledger:
            assert ledger.state == State(client="old")

    def test_a_state_that_could_not_be_read_again_is_refused_before_it_is_written(self, path: str) -> None:
        with Ledger(path, read_only=False) as ledger:
            ledger.update(client="old")
            ledger.save()
            ledger.update(sent={"x" * 2000: "00"})
            with pytest.raises(LedgerError, match="cannot hold what was to be written: sent is not a text"):
                ledger.save()
        with Ledger(path, read_only=True) as ledger:
            assert ledger.state == State(client="old")

    def test_the_largest_state_that_is_written_is_read_again(self, path: str) -> None:
        state = State(sent={"n%05d" % number: "0" * 64 for number in range(13_000)})
        with Ledger(path, read_only=False) as ledger:
            ledger.state = state
            ledger.save()
        assert os.path.getsize(path) > file.MAXIMUM_SIZE * 0.9
        with Ledger(path, read_only=True) as ledger:
            assert ledger.state == state
