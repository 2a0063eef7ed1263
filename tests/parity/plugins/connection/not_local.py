# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = r"""
name: not_local
short_description: Another machine, as far as Ansible knows
description:
  - Does what the connection C(local) does, and is not that connection.
author: wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(Local):
    transport = "not_local"
