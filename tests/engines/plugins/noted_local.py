# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection that works on the controller like `local`, and notes for whom: a machine of its own without a second machine."""

from __future__ import annotations

import os
from typing import Any

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = """
name: noted_local
short_description: The local connection, with a note of each command in the file named by WABIZ_TEST_CONNECTIONS
description: For tests alone.
author: wabiz.onprem contributors
options:
  pipelining:
    description: Whether modules go through standard input.
    type: bool
    default: false
    env: [{name: ANSIBLE_PIPELINING}]
"""


class Connection(LocalConnection):  # type: ignore[misc]
    transport = "noted_local"

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> Any:
        with open(os.environ["WABIZ_TEST_CONNECTIONS"], "a", encoding="utf-8") as file:
            file.write(f"{cmd}\n")
        return super().exec_command(cmd, in_data, sudoable)
