# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: peak_memory
type: notification
short_description: Writes down the peak memory of the controller process
description:
  - At the end of a run, the kernel's own figure for the process of C(ansible-playbook) is written to the file that the
    environment variable E(BENCH_PEAK_MEMORY) names.
author: wabiz.onprem contributors (@wabiz-onprem)
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "peak_memory"

    def v2_playbook_on_stats(self, stats):
        # VmHWM is that of this program alone; getrusage() would also know what the starting process once was.
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        peak = next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
        Path(os.environ["BENCH_PEAK_MEMORY"]).write_text(peak, encoding="ascii")
