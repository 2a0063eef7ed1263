# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The statistics of the Coreapps, as far as the collection needs them."""

from __future__ import annotations

from typing import Optional

from .._common.errors import OnPremError
from .client import Client
from .responses import MalformedAnswer, dig

PATH = "/v1/stats/app"


def queued_callbacks(client: Client) -> Optional[int]:
    """How many callbacks wait for delivery; None if the client does not show it."""
    try:
        data = dig(client.get(PATH, "read the statistics"), "stats", "app", "callback_queue_size").get("data")
    except (OnPremError, MalformedAnswer):
        return None
    if not isinstance(data, list):
        return None
    sizes = [one.get("value") if isinstance(one, dict) else None for one in data]
    known = [size for size in sizes if isinstance(size, int) and not isinstance(size, bool)]
    return sum(known) if known and len(known) == len(sizes) else None
