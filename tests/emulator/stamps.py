# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points in time as the product and container runtimes print them."""

from __future__ import annotations

from datetime import datetime, timezone


def iso(stamp: float) -> str:
    """A stamp as container runtimes print start times."""
    return datetime.fromtimestamp(stamp, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def expiry_text(stamp: float) -> str:
    """A stamp as the login answers it: a space instead of `T`, an explicit offset."""
    return datetime.fromtimestamp(stamp, timezone.utc).strftime("%Y-%m-%d %H:%M:%S+00:00")
