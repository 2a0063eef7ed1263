# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a Chromium is: CHROMIUM, or what distributions call it."""

from __future__ import annotations

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ABSENT = "No Chromium was found (apt install chromium, or name one in CHROMIUM)."


def chromium() -> str | None:
    """The program, if there is one."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else NAMES
    return next((found for found in map(shutil.which, names) if found), None)


if __name__ == "__main__":
    sys.exit(None if chromium() else ABSENT)
