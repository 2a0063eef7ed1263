# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of one running emulator: what runs, told apart by process id *and* start time, so that nothing
else is ever ended.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .errors import EmulatorError

FILES = (
    "emulator.json",
    "ca.pem",
    "ca.key",
    "ca.lock",
    "emulator.sqlite",
    "emulator.sqlite-wal",
    "emulator.sqlite-shm",
)
TERM_SECONDS = 5.0


def default_folder() -> Path:
    return Path(os.environ.get("WABIZ_EMULATOR_STATE") or Path.home() / ".cache" / "wabiz-emulator")


def birth(pid: int) -> str | None:
    """When the process was started, in whatever words the system has; None when there is no such process."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
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


class StateFolder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        self.database = self.folder / "emulator.sqlite"
        self._file = self.folder / "emulator.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One order at a time."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise EmulatorError(f"another command is at work in {self.folder}; try again when it is done") from None
            yield

    def read(self) -> dict[str, Any]:
        """What runs here; an EmulatorError where nothing does."""
        if not self._file.exists():
            raise EmulatorError(f"no emulator in {self.folder}; start one with `up --state {self.folder}`")
        try:
            state: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        except ValueError:
            raise EmulatorError(f"{self._file} is damaged; end what runs by hand and remove the folder") from None
        return state

    def write(self, state: dict[str, Any]) -> None:
        new = self._file.with_suffix(".new")
        new.touch(mode=0o600)  # it holds the password
        new.write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")
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
        for path in (*(self.folder / name for name in FILES), *self.folder.glob("*.log")):
            path.unlink(missing_ok=True)
        if last:
            (self.folder / "lock").unlink(missing_ok=True)
            with suppress(OSError):
                self.folder.rmdir()
