# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the place of systemd's journal, which modules prefer to syslog: what they log goes into the file WABIZ_TEST_JOURNAL."""

from __future__ import annotations

import os
from typing import Any


def sendv(*args: Any) -> None:
    """Modules use the journal if it has this."""


def send(*message: str, **fields: Any) -> None:
    with open(os.environ["WABIZ_TEST_JOURNAL"], "a", encoding="utf-8") as file:
        file.write(f"{message} {fields}\n")


def __getattr__(name: str) -> int:
    if name.startswith("LOG_"):
        return 0
    raise AttributeError(name)
