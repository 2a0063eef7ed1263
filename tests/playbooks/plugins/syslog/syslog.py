# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the place of Python's syslog in modules: what they log goes into the file named by WABIZ_TEST_SYSLOG."""

from __future__ import annotations

import os
from typing import Any

LOG_PID, LOG_USER, LOG_INFO, LOG_NOTICE, LOG_ERR, LOG_DEBUG = 1, 8, 6, 5, 3, 7


def __getattr__(name: str) -> int:
    if name.startswith("LOG_"):
        return 0
    raise AttributeError(name)


def openlog(*dummy: Any) -> None:
    """Nothing to open."""


def syslog(*args: Any) -> None:
    with open(os.environ["WABIZ_TEST_SYSLOG"], "a", encoding="utf-8") as file:
        file.write(str(args[-1]) + "\n")
