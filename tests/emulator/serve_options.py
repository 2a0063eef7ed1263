# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a serving process receives what to serve; apart from it, so that nodes need not import a web framework."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .config import ClientConfig


@dataclass(frozen=True)
class ServeOptions:
    database: Path  # the authority's certificate and key lie beside it
    host: str = "127.0.0.1"
    port: int = 0
    fleet: bool = True
    speed: float = 1.0
    clients: tuple[dict[str, Any], ...] = ()  # of the fleet, made before it is ready
    client: ClientConfig | None = None  # of a Webapp: its client, where it is not in the database yet
    control_for_anyone: bool = False
    end_with_stdin: bool = False  # so that a killed test run leaves nothing behind
