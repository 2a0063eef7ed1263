# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of one running emulator: what runs, distinguished by process id *and* start time, so that nothing
else is ever ended.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .errors import EmulatorError
from .liveness import SUFFIX

FILES = (
    "emulator.json",
    "emulator.new",
    "ca.pem",
    "ca.key",
    "ca.lock",
    "emulator.sqlite",
    "emulator.sqlite-wal",
    "emulator.sqlite-shm",
)
PATTERNS = ("*.log", f"*{SUFFIX}")
LOCK = "lock"
LOCK_SECONDS = 300.0  # as long as many commands one after the other may take
TERM_SECONDS = 5.0


def default_folder() -> Path:
    return Path(os.environ.get("WABIZ_EMULATOR_STATE") or Path.home() / ".cache" / "wabiz-emulator")


def birth(pid: int) -> str | None:
    """When the process was started, in whatever words the system has; None when there is no such process."""
    file = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )  # no /proc: macOS, BSD
    return answer.stdout.strip() or None


def end_process(pid: int, born: str) -> bool:
    """Ends the process if it still is the one that was started; whether it was."""
    if birth(pid) != born:
        return False
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + TERM_SECONDS
        while time.monotonic() < deadline:
            if birth(pid) != born:
                return True
            time.sleep(0.01)
    raise EmulatorError(f"process {pid} does not end")


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


class StateFolder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        self.database = self.folder / "emulator.sqlite"
        self._file = self.folder / "emulator.json"

    def prepare(self) -> None:
        """Make the folder, or make an existing one private; the database and its write-ahead file hold passwords."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        mode = self.folder.stat().st_mode
        if mode & stat.S_ISVTX:
            raise EmulatorError(f"{self.folder} is shared by all users; name a folder inside it")
        if mode & 0o077:
            self.folder.chmod(0o700)

    @contextmanager
    def locked(self, create: bool = False) -> Iterator[None]:
        """Run one command at a time; others wait. `create`: also where there is no folder yet."""
        descriptor = self._acquire(create)
        try:
            yield
        finally:
            os.close(descriptor)

    def _acquire(self, create: bool) -> int:
        path, deadline = self.folder / LOCK, time.monotonic() + LOCK_SECONDS
        while True:
            if create:
                self.prepare()
            try:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            except FileNotFoundError:
                if create:
                    continue  # `down` has removed the folder at this moment
                raise self._nothing_here() from None
            while not _try_lock(descriptor):
                if time.monotonic() > deadline:
                    os.close(descriptor)
                    raise EmulatorError(f"another command has been running in {self.folder} for {LOCK_SECONDS:.0f} s")
                time.sleep(0.02)
            if _same_file(descriptor, path):
                os.fchmod(descriptor, 0o600)
                return descriptor
            os.close(descriptor)  # `down` removed it in the meantime

    def _nothing_here(self) -> EmulatorError:
        return EmulatorError(f"no emulator in {self.folder}; start one with `up --state {self.folder}`")

    def read(self) -> dict[str, Any]:
        """The description of what runs here; an EmulatorError where nothing does."""
        try:
            state: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise self._nothing_here() from None
        except ValueError:
            raise EmulatorError(f"{self._file} is damaged; end its processes and remove the folder") from None
        return state

    def write(self, state: dict[str, Any]) -> None:
        new = self._file.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(state, indent=2) + "\n")  # it holds the password
        new.replace(self._file)

    def running(self) -> list[str]:
        """The names of the processes that still run."""
        if not self._file.exists():
            return []
        state = self.read()
        return [name for name, pid in state["pids"].items() if birth(pid) == state["births"][name]]

    def end_all(self) -> int:
        """Ends all that runs, the Webapp last; how many those were."""
        state = self.read()
        names = sorted(state["pids"], key=lambda name: name == "webapp")
        return sum(end_process(state["pids"][name], state["births"][name]) for name in names)

    def clear(self, last: bool = False) -> None:
        """Removes what an emulator leaves in the folder; with `last` also the lock, and the folder when it is empty."""
        others = (path for pattern in PATTERNS for path in self.folder.glob(pattern))
        for path in (*(self.folder / name for name in FILES), *others):
            path.unlink(missing_ok=True)
        if last:
            (self.folder / LOCK).unlink(missing_ok=True)
            with suppress(OSError):
                self.folder.rmdir()
