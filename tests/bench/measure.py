# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of ansible-playbook, measured."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Figures:
    """What one run cost."""

    wall: float  # seconds
    cpu: float  # seconds of ansible-playbook and all its children; not of the emulator
    emulator_cpu: float  # seconds of the emulator, which shares the machine
    memory: float  # peak of the controller process, MiB
    requests: int = 0

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def run_playbook(playbook: str, inventory: Path, extra_vars: Sequence[str], folder: Path, emulator_pid: int) -> Figures:
    """Runs a playbook to its end. Raises RuntimeError, with what Ansible said, unless all of it went well."""
    command = ["ansible-playbook", "--inventory", str(inventory), playbook]
    for text in extra_vars:
        command += ["--extra-vars", text]
    output, memory = folder / "output.txt", folder / "memory.txt"
    emulator_before = _cpu_of(emulator_pid)
    with output.open("w", encoding="utf-8") as file:
        started = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, env=_environment(folder, memory)
        )
        # wait4 shows the CPU time of this child and of all that it has waited for: workers, and their modules.
        _dummy, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output.read_text()[-4000:]}")
    return Figures(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        emulator_cpu=_cpu_of(emulator_pid) - emulator_before,
        memory=int(memory.read_text()) / 1024,
    )


def _environment(folder: Path, memory: Path) -> Mapping[str, str]:
    """The user's own configuration must not count; what is set here is the same for all.

    Images of Python often forbid it to keep what it has compiled; with that a third of each start would be the compiler.
    """
    left_out = ("ANSIBLE_", "WABIZ_", "PYTHONDONTWRITEBYTECODE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {
        **inherited,
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "peak_memory",
        "BENCH_PEAK_MEMORY": str(memory),
    }


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
