# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The client's ledger: one JSON file, locked, atomic, flushed; its content is never guessed.

The lock lies beside it (``.<name>.lock``) and is held from reading to writing, so that two runs on one client follow
one another. It ends with the process that holds it. What a ledger holds is in ``state``, what is decided by it in
``restart``, ``rolling``, ``lease``, ``campaigns`` and ``in_effect``.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import stat
import time
from dataclasses import replace
from typing import Any, Callable, Dict, Mapping, Optional

from .._common.errors import InputError, LedgerError
from .._common.progress import silent
from . import lease_owner
from .state import Damaged, Owner, State, to_json

KIND = "wabiz.onprem ledger"
FORMAT = 2
MAXIMUM_SIZE = 1024 * 1024  # bytes
LOCK_WAIT = 300.0  # seconds; another run may be in the middle of its calls
REPORT_EVERY = 5.0  # seconds
SHORTEST_SECRET = 8  # characters; of a shorter one the hash could be reversed by trying all of them

# Options of every operation that uses a ledger. The owner is filled in by the action plugin.
OPTIONS: Dict[str, Dict[str, Any]] = {"ledger": {"type": "path"}, "owner": {"type": "dict"}}


def owner_in(params: Mapping[str, Any]) -> Optional[Owner]:
    """The play and the host that an operation runs for; None where no action plugin has filled it in."""
    try:
        return Owner.from_json(params["owner"]) if params.get("owner") else None
    except Damaged:
        raise InputError("the option owner is not what the action plugin fills in", "Leave it out.") from None


def parse(text: str, path: str) -> State:
    """The state in a ledger's text. Raises LedgerError for whatever is not exactly that."""
    advice = (
        "Restore a good copy, or move the file away and run the playbook wabiz.onprem.restart with coreapp_force=true."
    )
    if not text.strip():
        raise LedgerError(f"ledger {path} is empty", advice)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise LedgerError(f"ledger {path} is torn: it is not JSON", advice) from None
    if not isinstance(content, dict) or content.pop("kind", None) != KIND:
        raise LedgerError(f"{path} is not a ledger of this collection", "Give another path in the option ledger.")
    version = content.pop("format", None)
    if version != FORMAT or isinstance(version, bool):
        is_number = isinstance(version, int) and not isinstance(version, bool) and 0 <= version < 1000
        shown = f"format {version}" if is_number else "an unknown format"
        raise LedgerError(
            f"ledger {path} has {shown}, this version reads format {FORMAT}",
            "Use the version of the collection that wrote it.",
        )
    try:
        return State.from_json(content)
    except (Damaged, RecursionError) as problem:
        raise LedgerError(f"ledger {path} is damaged: {problem}", advice) from None


class Ledger:
    """An open ledger. A context manager: it is locked and read on entering, unlocked on leaving.

    ``state`` is what it holds; assign another one and call ``save``.

    :arg path: absolute path of the file; its folder is made with mode 0700 where it is missing.
    :arg read_only: nothing is made, locked or written (check mode, info modules).
    :arg progress: reports when and for how long the lock is waited for.
    :arg warn: shows a warning to the user.
    :arg owner: the play and the host that use it, to notice two hosts of one play with one ledger.
    """

    def __init__(
        self,
        path: str,
        read_only: bool,
        progress: Callable[[str], None] = silent,
        lock_wait: float = LOCK_WAIT,
        warn: Callable[[str], None] = silent,
        owner: Optional[Owner] = None,
    ) -> None:
        if not os.path.isabs(path) or not path.isprintable():
            raise LedgerError("the path of the ledger must be absolute and printable")
        self.path = path
        self.state = State()
        self._read_only = read_only
        self._progress, self._warn = progress, warn
        self._lock_wait = lock_wait
        self._owner = owner
        self._lock: Optional[int] = None
        self._stored: Optional[str] = None  # the file's text, as far as it is known

    def __enter__(self) -> Ledger:
        if not self._read_only:
            self._make_folder()
            self._take_lock()
        try:
            text = self._read()
            self.state = State() if text is None else parse(text, self.path)
            self._stored = text
        except BaseException:
            self._release_lock()
            raise
        return self

    def __exit__(self, *dummy: Any) -> None:
        self._release_lock()

    def save(self) -> None:
        """Writes the state: whole, to the disk, in one step. A no-op when read-only, and without a change.

        What cannot be read again is not written. Raises LedgerError.
        """
        if self._read_only or (self._stored is None and self.state == State()):
            return
        content = dict(self.state.as_json(), kind=KIND, format=FORMAT)
        text = json.dumps(content, indent=1, sort_keys=True) + "\n"
        if text == self._stored:
            return
        if len(text) > MAXIMUM_SIZE:
            raise LedgerError(f"ledger {self.path} would become too large; it is unchanged")
        self._check_readable(content)
        self._check_lock()
        folder, name = os.path.split(self.path)
        fresh = os.path.join(folder, f".{name}.new")
        try:
            self._write(fresh, text)
            os.replace(fresh, self.path)
        except OSError as error:
            _remove(fresh)
            raise LedgerError(
                f"ledger {self.path} cannot be written ({os.strerror(error.errno or 0)}); it is unchanged",
                "Free some space or give write access, then run again.",
            ) from None
        self._stored = text
        self._flush_folder(folder)

    def _check_readable(self, content: Mapping[str, Any]) -> None:
        try:
            State.from_json({name: value for name, value in content.items() if name not in ("kind", "format")})
        except Damaged as problem:
            raise LedgerError(
                f"ledger {self.path} cannot hold what was to be written: {problem}; it is unchanged"
            ) from None

    def _check_lock(self) -> None:
        """Without its lock file, another run may have the ledger as well."""
        if self._lock is not None and not _is_at(self._lock, self._lock_path):
            raise LedgerError(
                f"the lock file of ledger {self.path} was removed while it was in use; the ledger is unchanged",
                "Leave the files beside a ledger where they are, then run again.",
            )

    @property
    def _lock_path(self) -> str:
        folder, name = os.path.split(self.path)
        return os.path.join(folder, f".{name}.lock")

    def update(self, **parts: Any) -> None:
        """Replaces parts of the state. Nothing is written yet."""
        self.state = replace(self.state, **parts)

    def make_key(self) -> None:
        """The key of the hashes, made when the first one is kept."""
        if not self.state.key:
            self.update(key=secrets.token_hex(32))

    def remember_sent(self, name: str, value: Any) -> None:
        """Keeps a keyed hash of a value that the client will not show."""
        self.make_key()
        self.update(sent={**self.state.sent, name: self.fingerprint(value)})

    def was_sent(self, name: str, value: Any) -> bool:
        """Whether just this value was the last one sent."""
        return name in self.state.sent and hmac.compare_digest(self.state.sent[name], self.fingerprint(value))

    def fingerprint(self, value: Any) -> str:
        """A keyed hash of a value."""
        canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
        return hmac.new(
            self.state.key.encode("ascii"), canonical.encode("utf-8", "surrogatepass"), hashlib.sha256
        ).hexdigest()

    @staticmethod
    def _write(path: str, text: str) -> None:
        _remove(path)  # left by a killed run, or planted: a link, a pipe, a file that is held open
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def _flush_folder(self, folder: str) -> None:
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOTSUP):
                return  # a file system that flushes no folders
            raise LedgerError(
                f"ledger {self.path} is written, but may not survive a power failure ({os.strerror(error.errno or 0)})",
                "Check the file system that it lies on, then run again.",
            ) from None

    def _make_folder(self) -> None:
        """The folder and its missing parents, for the owner alone whatever the umask; one that others can write is refused."""
        folder = os.path.dirname(self.path)
        try:
            _make_private(folder)
            status = os.stat(folder)
        except OSError as error:
            raise self._unusable("its folder cannot be made", error) from None
        if status.st_mode & 0o022:
            raise LedgerError(
                f"ledger {self.path} cannot be used: other users can write to its folder",
                f"Use a folder of your own, or run: chmod go-w {folder}",
            )

    def _unusable(self, problem: str, error: OSError) -> LedgerError:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        return LedgerError(f"ledger {self.path} cannot be used: {problem} ({reason})", "Check path and owner.")

    def _open(self, path: str, flags: int) -> int:
        """Opens a file of ours: no symbolic link, a plain file, our own."""
        try:
            descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if error.errno == errno.ENOENT:
                raise
            problem = f"{path} is a symbolic link" if error.errno == errno.ELOOP else f"{path} cannot be opened"
            raise self._unusable(problem, error) from None
        status = os.fstat(descriptor)
        plain = stat.S_ISREG(status.st_mode)
        if plain and status.st_uid == os.geteuid():
            if status.st_mode & 0o077:
                self._make_file_private(path, descriptor)
            return descriptor
        os.close(descriptor)
        problem = "belongs to another user" if plain else "is not a plain file"
        raise LedgerError(f"ledger {self.path} cannot be used: {path} {problem}", "Check path and owner.")

    def _make_file_private(self, path: str, descriptor: int) -> None:
        if self._read_only:
            self._warn(f"Other users can read or write {path}. To make it private, run: chmod go= {path}")
            return
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, 0o600)
            self._warn(f"Other users could read or write {path}. It is for its owner alone from now on.")

    def _take_lock(self) -> None:
        started = reported = time.monotonic()
        while not self._try_lock():
            now = time.monotonic()
            if now - started > self._lock_wait:
                raise LedgerError(
                    f"ledger {self.path} has been locked by another run for {now - started:.0f} s",
                    "Wait for that run to end, then run again.",
                )
            if now - reported > REPORT_EVERY:
                reported = now
                self._progress(f"waiting for another run that uses ledger {self.path}, for {now - started:.0f} s")
            time.sleep(0.02)
        try:
            self._note_user()
        except BaseException:
            self._release_lock()
            raise

    def _try_lock(self) -> bool:
        """Whether the lock is held now. A lock file that was removed or replaced in the meantime locks nothing."""
        path = self._lock_path
        try:
            descriptor = self._open(path, os.O_RDWR | os.O_CREAT)
        except FileNotFoundError as error:
            raise self._unusable("its folder is gone", error) from None
        held = False
        try:
            held = _locked(descriptor) and _is_at(descriptor, path)
        finally:
            if not held:
                os.close(descriptor)
        if held:
            self._lock = descriptor
        return held

    def _note_user(self) -> None:
        """Keeps in the lock file which host of which play has used the ledger last. Raises LedgerError for a second host."""
        if self._owner is None or self._lock is None:
            return
        try:
            last = Owner.from_json(json.loads(os.pread(self._lock, 8192, 0).decode("utf-8")))
        except (Damaged, ValueError, RecursionError):
            last = self._owner
        if lease_owner.is_same_play(last, self._owner) and last.inventory_host != self._owner.inventory_host:
            raise LedgerError(
                f"ledger {self.path} is used by two hosts of this play, {last.inventory_host} and "
                f"{self._owner.inventory_host}",
                "Each client needs a ledger of its own: put inventory_hostname into wabiz_onprem_ledger, "
                "and list each client once.",
            )
        content = json.dumps(to_json(self._owner)).encode("utf-8")
        with contextlib.suppress(OSError):  # a full disk; it is a help against mistakes, and no more
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, content, 0)

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _read(self) -> Optional[str]:
        try:
            descriptor = self._open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            with os.fdopen(descriptor, encoding="utf-8") as file:
                text = file.read(MAXIMUM_SIZE + 1)
        except UnicodeDecodeError:
            return "(torn)"
        except OSError as error:
            raise self._unusable("it cannot be read", error) from None
        if len(text) > MAXIMUM_SIZE:
            raise LedgerError(f"{self.path} is not a ledger of this collection: it is too large")
        return text


class NoLedger(Ledger):
    """Where no ledger is given: the same, forgotten at the end of the task."""

    def __init__(self) -> None:
        super().__init__("/", read_only=True)

    def __enter__(self) -> Ledger:
        return self

    def was_sent(self, name: str, value: Any) -> bool:
        del name, value
        return False


def open_ledger(
    params: Mapping[str, Any],
    read_only: bool,
    progress: Callable[[str], None],
    warn: Callable[[str], None] = silent,
    lock_wait: float = LOCK_WAIT,
) -> Ledger:
    """The ledger that an operation's options name, or a forgetful one where there is none."""
    if not params.get("ledger"):
        return NoLedger()
    return Ledger(params["ledger"], read_only, progress, lock_wait, warn, owner_in(params))


def _make_private(folder: str) -> None:
    if not folder or os.path.isdir(folder):
        return
    _make_private(os.path.dirname(folder))
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)


def _is_at(descriptor: int, path: str) -> bool:
    """Whether an open file is the one that a path names now."""
    try:
        there = os.stat(path, follow_symlinks=False)
    except OSError:
        return False
    here = os.fstat(descriptor)
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
            return False
        raise LedgerError(f"the ledger's file system has no locks ({os.strerror(error.errno or 0)})") from None
    return True


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):  # it was not made, or the folder cannot be written: the next save overwrites it
        os.unlink(path)
