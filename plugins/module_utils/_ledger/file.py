# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The client's ledger: one JSON file, locked, atomic, flushed; never guessed at.

The lock lies beside it (``.<name>.lock``) and is held from reading to writing, so that two runs on one client follow
one another. It goes with the process that holds it. What stands in the ledger is decided in ``_owed``, ``_campaigns`` and
``_rolling``.
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
from typing import Any, Callable

from .._common.errors import LedgerError
from .._common.progress import silent
from .shapes import SHAPES

KIND = "wabiz.onprem ledger"
FORMAT = 1
MAXIMUM_SIZE = 1024 * 1024  # bytes
LOCK_WAIT = 300.0  # seconds; another run may be in the middle of its calls
TELL_EVERY = 5.0  # seconds

# Parts of a ledger: their types, and what stands there while there is nothing to say.
PARTS: dict[str, Any] = {
    "client": (str, ""),  # whose ledger this is, as messages name it
    "intention": (dict, None),  # a PATCH in the air that needs a restart
    "restart": (dict, None),  # the restart that is owed
    "lease": (dict, None),  # who is restarting, until when
    "campaigns": (dict, {}),  # name -> campaign
    "hold": (dict, None),  # what garbage collection was before the first campaign
    "release": (str, None),  # what the last campaign leaves it as, until that is done
    "sent": (dict, {}),  # name -> keyed hash of a value that GET does not echo
    "providers": (dict, {}),  # media provider -> keyed hash of the credentials sent, and of what GET made of them
    "sent_key": (str, ""),  # the key of these hashes
    "at_default": (dict, None),  # name -> keyed hash: what the client looked like right after a reset
}


def empty() -> dict[str, Any]:
    """A ledger that says nothing."""
    return {name: kind() if default == {} else default for name, (kind, default) in PARTS.items()}


def parse(text: str, path: str) -> dict[str, Any]:
    """The ledger in a file's text. Raises LedgerError for whatever is not exactly that."""
    advice = "Put back a good copy, or move the file away after checking by hand whether a restart is owed."
    if not text.strip():
        raise LedgerError(f"ledger {path} is empty", advice)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise LedgerError(f"ledger {path} is torn: it is no JSON", advice) from None
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise LedgerError(f"{path} is no ledger of this collection", "Give another path in the option ledger.")
    if data.get("format") != FORMAT:
        raise LedgerError(
            "ledger %s has format %s, this version reads format %d" % (path, _shown(data.get("format")), FORMAT),
            "Use the version of the collection that wrote it.",
        )
    parsed = empty()
    for name in PARTS:
        parsed[name] = data.get(name, parsed[name])
        if not SHAPES[name](parsed[name]):
            raise LedgerError(f"ledger {path} is damaged: part {name} is not what it should be", advice)
    return parsed


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, int) else "of an unknown kind"


class Ledger:
    """An open ledger. A context manager: it is locked and read on entering, unlocked on leaving.

    :arg path: absolute path of the file; its folder is made with mode 0700 where it is missing.
    :arg read_only: nothing is made, locked or written (check mode, info modules).
    :arg progress: told when and for how long the lock is waited for.
    """

    def __init__(
        self,
        path: str,
        read_only: bool,
        progress: Callable[[str], None] = silent,
        lock_wait: float = LOCK_WAIT,
    ) -> None:
        if not os.path.isabs(path):
            raise LedgerError(f"ledger {path} is not an absolute path")
        self.path = path
        self.data: dict[str, Any] = empty()
        self._read_only = read_only
        self._progress = progress
        self._lock_wait = lock_wait
        self._lock: int | None = None
        self._stored: str | None = None  # the file's text, as far as it is known

    def __enter__(self) -> Ledger:
        if not self._read_only:
            self._make_folder()
            self._take_lock()
        try:
            text = self._read()
            self.data = empty() if text is None else parse(text, self.path)
            self._stored = text
        except BaseException:
            self._give_lock()
            raise
        return self

    def __exit__(self, *dummy: Any) -> None:
        self._give_lock()

    def save(self) -> None:
        """Writes what stands in ``data``: whole, to the disk, in one step. A no-op when read-only, and without a change."""
        text = json.dumps(dict(self.data, kind=KIND, format=FORMAT), indent=1, sort_keys=True) + "\n"
        if self._read_only or text == self._stored or (self._stored is None and self.data == empty()):
            return
        folder, name = os.path.split(self.path)
        fresh = os.path.join(folder, f".{name}.new")
        try:
            self._write(fresh, text)
            os.replace(fresh, self.path)
        except OSError as error:
            _remove(fresh)
            raise LedgerError(
                f"ledger {self.path} cannot be written ({os.strerror(error.errno or 0)}); it is as it was before",
                "Make room or give write access, then run again.",
            ) from None
        self._stored = text
        self._flush_folder(folder)

    def remember_sent(self, name: str, value: Any) -> None:
        """Keeps a keyed hash of a value that the client will not show."""
        self.make_key()
        self.data["sent"][name] = self.fingerprint(value)

    def make_key(self) -> None:
        """The key of the hashes, made when the first one is kept."""
        if not self.data["sent_key"]:
            self.data["sent_key"] = secrets.token_hex(32)

    def was_sent(self, name: str, value: Any) -> bool:
        """Whether just this value was the last one sent."""
        return name in self.data["sent"] and hmac.compare_digest(self.data["sent"][name], self.fingerprint(value))

    def fingerprint(self, value: Any) -> str:
        """A keyed hash of a value."""
        canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
        return hmac.new(self.data["sent_key"].encode("ascii"), canonical.encode("utf-8"), hashlib.sha256).hexdigest()

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
                "Look at the file system it lies on, then run again.",
            ) from None

    def _make_folder(self) -> None:
        folder = os.path.dirname(self.path)
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
        except OSError as error:
            raise self._unusable("its folder cannot be made", error) from None

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
        if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid():
            return descriptor
        os.close(descriptor)
        problem = "belongs to another user" if stat.S_ISREG(status.st_mode) else "is no plain file"
        raise LedgerError(f"ledger {self.path} cannot be used: {path} {problem}", "Check path and owner.")

    def _take_lock(self) -> None:
        folder, name = os.path.split(self.path)
        lock = os.path.join(folder, f".{name}.lock")
        try:
            self._lock = self._open(lock, os.O_RDWR | os.O_CREAT)
        except FileNotFoundError as error:
            raise self._unusable("its folder has gone", error) from None
        started = told = time.monotonic()
        while not _locked(self._lock):
            now = time.monotonic()
            if now - started > self._lock_wait:
                self._give_lock()
                raise LedgerError(
                    f"ledger {self.path} has been locked by another run for {now - started:.0f} s",
                    "Wait for that run to end, then run again.",
                )
            if now - told > TELL_EVERY:
                told = now
                self._progress(f"waiting for another run that uses ledger {self.path}, for {now - started:.0f} s")
            time.sleep(0.02)

    def _give_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _read(self) -> str | None:
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
            raise LedgerError(f"{self.path} is no ledger of this collection: it is too large")
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
    path: str | None, read_only: bool, progress: Callable[[str], None], lock_wait: float = LOCK_WAIT
) -> Ledger:
    """The ledger at this path, or a forgetful one where there is none."""
    return Ledger(path, read_only, progress, lock_wait) if path else NoLedger()


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
            return False
        raise LedgerError(f"the ledger's file system knows no locks ({os.strerror(error.errno or 0)})") from None
    return True


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):  # it was not made, or the folder cannot be written: the next save overwrites it
        os.unlink(path)
