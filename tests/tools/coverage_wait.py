# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A coverage plugin that lets Ansible's workers write down what they ran.

At the end of a play ansible-playbook terminates its workers, of which the last has sent its result and is just about to
leave: its measurements would be lost. Where coverage is measured, a process is given a moment to leave by itself.
"""

from __future__ import annotations

from multiprocessing.process import BaseProcess
from typing import Any

MOMENT = 5.0  # seconds


def coverage_init(registry: Any, options: dict[str, str]) -> None:
    """Called by coverage in every process that it measures."""
    terminate = BaseProcess.terminate
    if getattr(terminate, "patient", False):
        return

    def patient_terminate(process: BaseProcess) -> None:
        process.join(MOMENT)
        terminate(process)

    patient_terminate.patient = True  # type: ignore[attr-defined]
    BaseProcess.terminate = patient_terminate  # type: ignore[assignment, method-assign]
